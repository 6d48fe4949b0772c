// Which places of which lines have a face, each face kept once. The
// places of a thousand coloured lines are two arrays, mostly of bytes: an object
// a line would take more than the line.
import type { Face, FaceRange } from '../lines'

export class Faces {
  readonly #known: Face[] = []
  readonly #ids = new Map<Face | string, number>() // by the face itself, and by what it says
  // A place is how far it lies behind the one before, how long it is, its face.
  #open: number[] = []
  #ends: number[] = [] // of the places of line i, in #open
  #places: Numbers | undefined
  #until: Numbers | undefined

  get size(): number {
    return (this.#places?.byteLength ?? 0) + (this.#until?.byteLength ?? 0)
  }

  // add takes lines in their order; those without a face may be left out.
  add(line: number, faces: FaceRange[]): void {
    while (this.#ends.length < line) this.#ends.push(this.#open.length)
    let end = 0
    for (const [from, to, face] of faces) {
      this.#open.push(from - end, to - from, this.#id(face))
      end = to
    }
    this.#ends.push(this.#open.length)
  }

  seal(): void {
    this.#places = narrow(this.#open)
    this.#until = narrow(this.#ends)
    this.#open = []
    this.#ends = []
    this.#ids.clear()
  }

  of(line: number): FaceRange[] | undefined {
    const places = this.#places ?? this.#open
    const ends = this.#until ?? this.#ends
    const to = ends[line]
    const from = line === 0 ? 0 : ends[line - 1]!
    if (to === undefined || to === from) return undefined
    const out: FaceRange[] = []
    let end = 0
    for (let i = from; i < to; i += 3) {
      const begin = end + places[i]!
      end = begin + places[i + 1]!
      out.push([begin, end, this.#known[places[i + 2]!]!])
    }
    return out
  }

  #id(face: Face): number {
    let id = this.#ids.get(face)
    if (id !== undefined) return id
    const key = JSON.stringify(face)
    id = this.#ids.get(key) ?? this.#known.push(face) - 1
    this.#ids.set(key, id)
    this.#ids.set(face, id)
    return id
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array

// narrow keeps numbers in as few bytes as they need.
function narrow(numbers: number[]): Numbers {
  let most = 0
  for (const n of numbers) if (n > most) most = n
  if (most <= 0xff) return Uint8Array.from(numbers)
  return most <= 0xffff ? Uint16Array.from(numbers) : Uint32Array.from(numbers)
}
