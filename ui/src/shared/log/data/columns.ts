// Lines as they come, in columns: from a block of the room, or from the log
// route where lines are fetched again.
import type { Block, LogLine } from '@/shared/wire'
import { type Level, levelOf, levels, type Stream, streamOf, streams } from '../levels'

// One byte a line says its level, stream, and whether it goes on.
export type Mark = number
const goesOnBit = 32
const markOf = (level: number, stream: number, goesOn: boolean): Mark =>
  level | (stream << 3) | (goesOn ? goesOnBit : 0)
export const levelIn = (mark: Mark): Level => levels[mark & 7] ?? 'plain'
export const streamIn = (mark: Mark): Stream => streams[(mark >> 3) & 3] ?? 'out'
export const goesOnIn = (mark: Mark): boolean => (mark & goesOnBit) !== 0

export type Columns = { text: string[]; at: number[]; mark: Mark[] }

const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 1
const isText = (v: unknown) => v === undefined || typeof v === 'string'
const isNumbers = (v: unknown) =>
  v === undefined || (Array.isArray(v) && v.every((n) => Number.isSafeInteger(n)))

// blockOf is the block in what a bench wrote, or undefined: the relay checks no
// more than that it is JSON. One whose lines are not as many as it says would
// make later ones look like lines that are here already.
export function blockOf(d: unknown): Block | undefined {
  if (typeof d !== 'object' || d === null) return undefined
  const b = d as Block
  if (!isCount(b.first) || !isText(b.gap)) return undefined
  if (b.gap) return b.count === null || b.count === undefined || isCount(b.count) ? b : undefined
  const isWhole =
    Array.isArray(b.text) && b.text.length === b.count && b.text.every((t) => typeof t === 'string')
  const isTimed = (b.t ?? []).every?.((t) => Array.isArray(t) && isNumbers(t))
  if (!isWhole || !isTimed || !isText(b.s) || !isText(b.l)) return undefined
  return isNumbers(b.b64) && isNumbers(b.cont) ? b : undefined
}

const utf8 = new TextDecoder()

// Bytes that are not UTF-8 show as U+FFFD; the bytes themselves stay with the
// relay.
function fromBase64(s: string): string {
  try {
    return utf8.decode(Uint8Array.from(atob(s), (c) => c.charCodeAt(0)))
  } catch {
    return s // not base64 after all: shown as it came
  }
}

export function ofBlock(block: Block): Columns {
  const text = block.text ?? []
  const n = text.length
  const at = new Array<number>(n).fill(0)
  let i = 0
  for (const [ms, lines] of block.t ?? []) for (let k = 0; k < lines && i < n; k++) at[i++] = ms
  const mark = new Array<Mark>(n)
  for (let k = 0; k < n; k++) {
    mark[k] = markOf(
      levelOf(block.l?.charCodeAt(k) ?? 0),
      streamOf(block.s?.charCodeAt(k) ?? 0),
      false,
    )
  }
  for (const k of block.cont ?? []) if (k < n) mark[k]! |= goesOnBit
  if (!block.b64?.length) return { text, at, mark }
  const plain = text.slice()
  for (const k of block.b64) if (k < n) plain[k] = fromBase64(plain[k]!)
  return { text: plain, at, mark }
}

export function addDocument(into: Columns, line: LogLine): void {
  const level = Math.max(0, (levels as readonly string[]).indexOf(line.level ?? ''))
  const stream = Math.max(0, (streams as readonly string[]).indexOf(line.stream ?? ''))
  into.text.push(line.b64 === undefined ? (line.text ?? '') : fromBase64(line.b64))
  into.at.push(Date.parse(line.t ?? '') || 0)
  into.mark.push(markOf(level, stream, line.cont === true))
}
