// Lines in columns: one string and typed arrays for many lines, so that a
// million of them are a few thousand objects.
import type { Block } from '@/shared/wire'
import { dress } from './ansi'
import { levelOf, levels, streamOf, streams } from './levels'
import type { LineRow } from './lines'

const goesOn = 4 // flag beside the stream's two bits

export type Columns = {
  text: string[]
  at: number[]
  level: number[]
  flags: number[] // stream | goesOn
}

const utf8 = new TextDecoder()

// columns reads a block's lines. Bytes that are not UTF-8 show as U+FFFD; the
// bytes themselves stay with the relay.
export function columns(block: Block): Columns {
  const text = block.text ?? []
  const n = text.length
  const at = new Array<number>(n).fill(0)
  let i = 0
  for (const [ms, lines] of block.t ?? []) for (let k = 0; k < lines && i < n; k++) at[i++] = ms
  const level = new Array<number>(n)
  const flags = new Array<number>(n)
  for (let k = 0; k < n; k++) {
    level[k] = levelOf(block.l?.charCodeAt(k) ?? 0)
    flags[k] = streamOf(block.s?.charCodeAt(k) ?? 0)
  }
  for (const k of block.cont ?? []) if (k < n) flags[k]! |= goesOn
  if (block.b64?.length) {
    const plain = text.slice()
    for (const k of block.b64) if (k < n) plain[k] = fromBase64(plain[k]!)
    return { text: plain, at, level, flags }
  }
  return { text, at, level, flags }
}

function fromBase64(s: string): string {
  return utf8.decode(Uint8Array.from(atob(s), (c) => c.charCodeAt(0)))
}

export const isErr = (flags: number) => (flags & 3) === 1

export function lineRow(c: Columns, i: number, n: number): LineRow {
  return row(n, c.text[i]!, c.at[i]!, c.level[i]!, c.flags[i]!)
}

function row(n: number, text: string, at: number, level: number, flags: number): LineRow {
  return {
    kind: 'line',
    n,
    at,
    stream: streams[flags & 3] ?? 'out',
    level: levels[level] ?? 'plain',
    ...dress(text),
    goesOn: (flags & goesOn) !== 0,
  }
}

// Sealed is columns that no longer grow.
export class Sealed {
  readonly #text: string
  readonly #ends: Uint32Array
  readonly #at: Float64Array
  readonly #level: Uint8Array
  readonly #flags: Uint8Array

  constructor(c: Columns) {
    this.#text = c.text.join('')
    this.#ends = new Uint32Array(c.text.length)
    let end = 0
    for (let i = 0; i < c.text.length; i++) {
      end += c.text[i]!.length
      this.#ends[i] = end
    }
    this.#at = Float64Array.from(c.at)
    this.#level = Uint8Array.from(c.level)
    this.#flags = Uint8Array.from(c.flags)
  }

  row(i: number, n: number): LineRow {
    const from = i === 0 ? 0 : this.#ends[i - 1]!
    const text = this.#text.slice(from, this.#ends[i])
    return row(n, text, this.#at[i]!, this.#level[i]!, this.#flags[i]!)
  }
}
