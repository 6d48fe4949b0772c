// A run's lines over plain HTTP, as columns: one string and its ends, so that a
// hundred thousand lines go from the worker to the page in a moment.
import { dress } from '@/shared/log/ansi'
import type { Fault, LogLine, Problem } from '@/shared/wire'

export const mostLines = 200_000
const mostCharacters = 64_000_000

type Hole = { from: number; to: number | undefined; reason: string }

export type Side = {
  text: string
  ends: Uint32Array // of each line in text
  numbers: Uint32Array // of each line in its run
  holes: Hole[] // lines that are missing
  isCut: boolean // there are more lines behind these
}

export const lineOf = (side: Side, i: number): string =>
  side.text.slice(i === 0 ? 0 : side.ends[i - 1], side.ends[i])

export class ReadError extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}

export async function read(
  run: string,
  from: number,
  said: (lines: number) => void,
  get: typeof fetch = fetch,
): Promise<Side> {
  const to = from + mostLines - 1
  const response = await get(`/api/v1/runs/${run}/log?from=${from}&to=${to}`).catch(() => {
    throw new ReadError({
      code: 'not_connected',
      message: 'The relay does not answer',
      hint: 'Check the network, then try again.',
    })
  })
  if (!response.ok) throw new ReadError(await faultOf(response))
  const lines = new Columns(to)
  const reader = response.body!.getReader()
  const utf8 = new TextDecoder()
  let rest = ''
  let isWhole = false
  while (!isWhole) {
    const { done, value } = await reader.read()
    const pieces = (rest + (done ? utf8.decode() : utf8.decode(value, { stream: true }))).split(
      '\n',
    )
    rest = pieces.pop() ?? ''
    for (const piece of pieces) if (piece && !lines.take(JSON.parse(piece))) isWhole = true
    said(lines.count)
    if (done) break
  }
  await reader.cancel().catch(() => undefined)
  return lines.side()
}

class Columns {
  count = 0
  readonly #to: number
  readonly #text: string[] = []
  readonly #ends: number[] = []
  readonly #numbers: number[] = []
  readonly #holes: Hole[] = []
  #length = 0
  #isCut = false

  constructor(to: number) {
    this.#to = to
  }

  // take is false once there is enough.
  take(line: LogLine): boolean {
    if (line.gap) {
      this.#holes.push({ ...line.gap, to: line.gap.to ?? undefined })
      return true
    }
    if (line.n === undefined) return true
    if (line.n > this.#to || this.#length > mostCharacters) {
      this.#isCut = true
      return false
    }
    const text = dress(line.text ?? fromBase64(line.b64 ?? '')).text
    this.#length += text.length
    this.#text.push(text)
    this.#ends.push(this.#length)
    this.#numbers.push(line.n)
    this.count++
    return true
  }

  side(): Side {
    return {
      text: this.#text.join(''),
      ends: Uint32Array.from(this.#ends),
      numbers: Uint32Array.from(this.#numbers),
      holes: this.#holes,
      isCut: this.#isCut,
    }
  }
}

const fromBase64 = (s: string) =>
  new TextDecoder().decode(Uint8Array.from(atob(s), (c) => c.charCodeAt(0)))

async function faultOf(response: Response): Promise<Fault> {
  const p: Partial<Problem> = await response.json().catch(() => ({}))
  return {
    code: p.code ?? 'internal',
    message: p.detail || `The relay answered ${response.status}`,
    hint: p.hint,
    id: p.id,
  }
}
