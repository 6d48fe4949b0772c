// What a page may ask about its view of a run.
import { type Marks, mark, type Place } from '../log'
import { clock } from './clock'
import { type Mark, streamIn } from './columns'
import type { Feed } from './feed'
import { page } from './html'
import type { Sieve } from './sieve'
import { isGap, type LineStore } from './store'

const linesAtMost = 200_000 // in one copy
const charsAtMost = 16_000_000

type Views = { view: Sieve; hits: Sieve | undefined }

export type Answers = ReturnType<typeof answers>

const [warn, error, fatal] = [4, 5, 6] // in `levels`

export function answers(feed: Feed, views: () => Views) {
  const { store } = feed
  return {
    async step(
      kind: 'hit' | 'error' | 'warn',
      fromLine: number,
      by: 1 | -1,
    ): Promise<Place | undefined> {
      if (kind === 'hit') return stepHit(store, views, fromLine, by)
      await views().view.idle()
      const is = (m: Mark) =>
        kind === 'warn' ? (m & 7) === warn : (m & 7) === error || (m & 7) === fatal
      return stepLevel(store, views().view, is, fromLine, by)
    },

    async rowOf(line: number): Promise<number> {
      const { view } = views()
      await view.idle()
      return rowOf(store, view, line)
    },

    text: (lines: { from: number; to: number }, withTimes: boolean) =>
      copied(store, views().view, lines, withTimes),

    marks(buckets: number): Marks {
      const { view, hits } = views()
      return overview(store, view, hits, buckets)
    },

    html: (): Promise<Blob> => page(feed),

    load: (gap: number): Promise<void> => store.load(gap),
  }
}

function rowOf(store: LineStore, view: Sieve, line: number): number {
  const at = store.find(line)
  const chunk = store.chunks[at]
  if (!chunk) return 0
  const offset = isGap(chunk) ? 0 : Math.max(0, Math.min(line - chunk.first, chunk.count - 1))
  return Math.max(0, Math.min(view.before(at, offset), view.total - 1))
}

async function stepHit(
  store: LineStore,
  views: () => Views,
  fromLine: number,
  by: 1 | -1,
): Promise<Place | undefined> {
  const { hits } = views()
  if (!hits) return undefined
  // What is known already may do; else the search comes to its end first.
  for (const isLast of [false, true]) {
    if (isLast) await hits.idle()
    const at = store.find(fromLine)
    const offset = fromLine - (store.chunks[at]?.first ?? 1)
    const i = by === 1 ? hits.before(at, offset + 1) : hits.before(at, offset) - 1
    if (i >= 0 && i < hits.total) {
      const { chunk, offset: o } = hits.place(i)
      const { view } = views()
      return { line: store.chunks[chunk]!.first + o, row: view.before(chunk, o), index: i + 1 }
    }
  }
  return undefined
}

function stepLevel(
  store: LineStore,
  view: Sieve,
  is: (mark: Mark) => boolean,
  fromLine: number,
  by: 1 | -1,
): Place | undefined {
  const begin = store.find(fromLine)
  for (let at = begin; at >= 0 && at < store.chunks.length; at += by) {
    const chunk = store.chunks[at]!
    if (isGap(chunk)) continue
    const picks = view.picksOf(at)
    const size = view.sizeOf(at)
    for (let k = by === 1 ? 0 : size - 1; k >= 0 && k < size; k += by) {
      const offset = picks?.[k] ?? k
      const line = chunk.first + offset
      if (at === begin && (line - fromLine) * by <= 0) continue
      if (is(chunk.marks[offset]!)) return { line, row: view.before(at, offset) }
    }
  }
  return undefined
}

async function copied(
  store: LineStore,
  view: Sieve,
  { from, to }: { from: number; to: number },
  withTimes: boolean,
): Promise<string> {
  await view.idle()
  const last = Math.min(to, store.next - 1)
  const first = rowOf(store, view, from)
  const end = rowOf(store, view, last) + 1
  if (end - first > linesAtMost)
    throw new Error('Too many lines to copy. Download the log instead.')
  const out: string[] = []
  let chars = 0
  for (let i = first; i < end; i++) {
    const { chunk: at, offset } = view.place(i)
    const chunk = store.chunks[at]!
    if (isGap(chunk)) continue
    const line = chunk.first + offset
    if (line < from || line > last) continue
    let text: string | undefined
    await store.need(chunk, () => {
      text = chunk.textOf(offset)
    })
    if (text === undefined)
      throw new Error('The relay trimmed these lines just now. Choose them again.')
    chars += text.length
    if (chars > charsAtMost) throw new Error('Too much to copy. Download the log instead.')
    const tag = streamIn(chunk.marks[offset]!) === 'err' ? 'err ' : ''
    out.push(withTimes ? `${clock(chunk.atOf(offset))} ${tag}${text}` : text)
  }
  return out.join('\n')
}

function overview(store: LineStore, view: Sieve, hits: Sieve | undefined, buckets: number): Marks {
  const out: Marks = new Uint8Array(Math.max(0, buckets))
  if (view.total === 0) return out
  const bucket = (row: number) => Math.min(buckets - 1, Math.floor((row * buckets) / view.total))
  let row = 0
  for (let at = 0; at < store.chunks.length; at++) {
    const chunk = store.chunks[at]!
    const size = view.sizeOf(at)
    if (isGap(chunk)) {
      if (size > 0) out[bucket(row)]! |= mark.gap
    } else {
      const picks = view.picksOf(at)
      for (let k = 0; k < size; k++) {
        const level = chunk.marks[picks?.[k] ?? k]! & 7
        if (level < warn || level > fatal) continue
        out[bucket(row + k)]! |=
          level === warn ? mark.warn : level === error ? mark.error : mark.fatal
      }
      const found = hits?.sizeOf(at) ?? 0
      for (let k = 0; k < found; k++)
        out[bucket(view.before(at, hits!.picksOf(at)![k]!))]! |= mark.hit
    }
    row += size
  }
  return out
}
