// What tests of the store have in common: blocks, a relay that has lines, and
// chances that can be repeated.
import type { Block, LogLine } from '@/shared/wire'
import { sorted } from './source'
import type { Source } from './store'

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
