// What tests of the store have in common: blocks, a relay that has lines, and
// chances that can be repeated.
import type { Block, LogLine } from '@/shared/wire'
import type { Row } from '../lines'
import { Handle } from '../open'
import { Desk } from './desk'
import { Feed, type Rooms } from './feed'
import { RegexRunner, type WorkerLike } from './regex'
import { type RegexTask, work } from './regexWork'
import { sorted } from './source'
import { isGap, type LineStore, type Source } from './store'

// rowsOf is all of a store, undefined where the text was dropped.
export function rowsOf(store: LineStore): (Row | undefined)[] {
  return store.chunks.flatMap((c, at) =>
    isGap(c) ? [c.gap] : Array.from({ length: c.count }, (_, i) => store.row(at, i)),
  )
}

export function block(first: number, count: number, more: Partial<Block> = {}): Block {
  return {
    run: 'r1',
    first,
    count,
    text: Array.from({ length: count }, (_, i) => `line ${first + i}`),
    t: [[1000, count]],
    s: 'o'.repeat(count),
    l: 'p'.repeat(count),
    ...more,
  }
}

// relay is a source that has the lines from…last as `block` writes them.
export function relay(last: number, keptFrom = 1): Source {
  return async (from, to) => {
    const documents: LogLine[] = []
    if (from < keptFrom)
      documents.push({ gap: { from, to: Math.min(to, keptFrom - 1), reason: 'too old' } })
    for (let n = Math.max(from, keptFrom); n <= Math.min(to, last); n++)
      documents.push({
        n,
        t: '1970-01-01T00:00:01.000Z',
        stream: 'out',
        level: 'plain',
        text: `line ${n}`,
      })
    return sorted(documents, from, to)
  }
}

type PageOf = {
  lines: number // that come in blocks of so many
  each?: number
  text?: (n: number) => string
  textAtMost?: number // bytes that the store may hold
  source?: Source
  regex?: () => WorkerLike
}

// pageOf gives a page's handle on a run that has come so far, over a real port
// and with the pattern's worker a turn away.
export function pageOf(about: PageOf) {
  const { port, feed } = deskOf(about)
  return { log: new Handle(port as never), feed }
}

// deskOf is the page's end of that port.
export function deskOf({ lines, each = lines, text, textAtMost, source, regex }: PageOf) {
  let event: ((block: Block) => void) | undefined
  const rooms: Rooms = {
    enter: (_, handlers) => {
      event = (b) => handlers.event('block', b)
      return () => undefined
    },
  }
  const feed = new Feed(rooms, 'r1', source ?? relay(lines), textAtMost)
  for (let first = 1; first <= lines; first += each) {
    const count = Math.min(each, lines - first + 1)
    const texts = text && Array.from({ length: count }, (_, i) => text(first + i))
    event?.(block(first, count, texts ? { text: texts } : {}))
  }
  const { port1, port2 } = new MessageChannel()
  const runner = () => new RegexRunner((regex ?? worker)())
  new Desk(feed, port1 as never, runner, () => undefined)
  return { port: port2, feed }
}

function worker(): WorkerLike {
  const made: WorkerLike = {
    onmessage: null,
    onerror: null,
    terminate: () => undefined,
    postMessage: (task: RegexTask) =>
      setTimeout(() => made.onmessage?.({ data: work(task) } as MessageEvent)),
  }
  setTimeout(() => made.onmessage?.({ data: 'ready' } as MessageEvent))
  return made
}

// random gives the same numbers for the same seed (mulberry32).
export function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
