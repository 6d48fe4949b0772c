// Up to a thousand lines: one string and typed arrays, so that a million lines
// are a few thousand objects. The text may be dropped and put back; levels,
// streams and times stay, so that what asks for them alone never waits.
import { dress } from '../ansi'
import type { LineRow } from '../lines'
import { type Columns, goesOnIn, levelIn, type Mark, streamIn } from './columns'
import { Faces } from './faces'

export const linesAtMost = 1024
const charsAtMost = 256 * 1024

const isWide = /[^\x00-\xff]/

export class Segment {
  readonly first: number
  marks: Uint8Array = new Uint8Array(linesAtMost)
  count = 0
  bytes = 0 // of the text that is held, 0 while it is dropped
  used = 0 // when it was last read, by the store's clock
  #at: Float64Array | Int32Array = new Float64Array(linesAtMost)
  #from = 0 // what #at counts from
  #open: string[] | undefined = []
  #chars = 0
  #text: string | undefined // the lines, joined by line ends
  #ends: Uint32Array | undefined
  #faces: Faces | undefined

  constructor(first: number) {
    this.first = first
  }

  get isSealed(): boolean {
    return this.#open === undefined
  }

  get isFull(): boolean {
    return this.count >= linesAtMost || this.#chars >= charsAtMost
  }

  get hasText(): boolean {
    return this.#open !== undefined || this.#text !== undefined
  }

  // add takes a line and gives its text as it is kept: without escapes.
  add(raw: string, at: number, mark: Mark): string {
    const { text, faces } = dress(raw)
    if (faces) {
      this.#faces ??= new Faces()
      this.#faces.add(this.count, faces)
    }
    this.#open!.push(text)
    this.#at[this.count] = at
    this.marks[this.count] = mark
    this.count++
    this.#chars += text.length + 1
    return text
  }

  seal(): void {
    if (!this.#open) return
    this.marks = this.marks.slice(0, this.count)
    this.#at = this.#compact()
    this.#join(this.#open)
    this.#open = undefined
  }

  drop(): void {
    if (this.#open) return
    this.#text = undefined
    this.#ends = undefined
    this.#faces = undefined
    this.bytes = 0
  }

  // restore puts the text of the very same lines back.
  restore(c: Columns): boolean {
    if (c.text.length !== this.count || this.#open) return false
    const kept = new Faces()
    const texts = c.text.map((raw, i) => {
      const { text, faces } = dress(raw)
      if (faces) kept.add(i, faces)
      return text
    })
    this.#faces = kept
    this.#join(texts)
    return true
  }

  // whole is the text and where each line ends in it; only where hasText.
  whole(): { text: string; ends: Uint32Array } {
    if (this.#open) return joined(this.#open)
    return { text: this.#text!, ends: this.#ends! }
  }

  textOf(i: number): string {
    if (this.#open) return this.#open[i]!
    return this.#text!.slice(i === 0 ? 0 : this.#ends![i - 1]! + 1, this.#ends![i])
  }

  atOf(i: number): number {
    return this.#at[i]! + this.#from
  }

  row(i: number): LineRow {
    const mark = this.marks[i]!
    const faces = this.#faces?.of(i)
    return {
      kind: 'line',
      n: this.first + i,
      at: this.atOf(i),
      stream: streamIn(mark),
      level: levelIn(mark),
      text: this.textOf(i),
      goesOn: goesOnIn(mark),
      ...(faces ? { faces } : {}),
    }
  }

  #join(texts: string[]): void {
    const { text, ends } = joined(texts)
    this.#text = text
    this.#ends = ends
    this.#faces?.seal()
    this.bytes = text.length * (isWide.test(text) ? 2 : 1) + 4 * texts.length
    this.bytes += this.#faces?.size ?? 0
  }

  // Times within 24 days of each other need four bytes each.
  #compact(): Float64Array | Int32Array {
    const at = this.#at.slice(0, this.count)
    const from = at[0] ?? 0
    if (at.some((t) => Math.abs(t - from) > 0x7fffffff)) return at
    this.#from = from
    return Int32Array.from(at, (t) => t - from)
  }
}

function joined(texts: string[]): { text: string; ends: Uint32Array } {
  const ends = new Uint32Array(texts.length)
  let end = -1
  for (let i = 0; i < texts.length; i++) {
    end += 1 + texts[i]!.length
    ends[i] = end
  }
  return { text: texts.join('\n'), ends }
}
