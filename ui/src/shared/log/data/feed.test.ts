import { describe, expect, it } from 'vitest'
import type { RoomHandlers, Taken } from '@/shared/socket'
import { Feed } from './feed'
import { isGap } from './store'
import { block, random, relay, rowsOf } from './testing'

// A room whose events a test sends by hand, as the relay would.
function room(lines = 0) {
  let handlers: RoomHandlers | undefined
  const rooms = {
    enter: (_: string, h: RoomHandlers) => {
      handlers = h
      return () => undefined
    },
  }
  const feed = new Feed(rooms, 'r1', relay(lines))
  const said: (Taken | undefined)[] = []
  return {
    feed,
    said,
    sends: (...blocks: unknown[]) => {
      for (const b of blocks) said.push(handlers!.event('block', b) as Taken)
    },
    enters: () => handlers!.snapshot({ id: 'r1' }),
    ends: (n: number) => handlers!.event('end', { id: 'r1', state: 'ended', lines: n }),
  }
}
const shown = (feed: Feed) =>
  rowsOf(feed.store).map((r) => (r?.kind === 'gap' ? `${r.from} to ${r.to}` : r?.n))

describe('what a feed makes of its room', () => {
  it('enters again where a block is ahead, and nothing is missing where it comes then', () => {
    const { feed, said, sends, enters } = room()
    sends(block(1, 2), block(4, 1))
    expect(said).toEqual(['taken', 'ahead'])
    enters()
    sends(block(1, 2), block(3, 1), block(4, 1))
    expect(said.slice(2)).toEqual(['have', 'taken', 'taken'])
    expect(shown(feed)).toEqual([1, 2, 3, 4])
  })

  it('shows a hole where the same block comes again, and loads it', async () => {
    const { feed, said, sends, enters } = room(6)
    sends(block(1, 2), block(5, 2))
    enters()
    sends(block(5, 2))
    expect(said).toEqual(['taken', 'ahead', 'taken'])
    expect(shown(feed)).toEqual([1, 2, '3 to 4', 5, 6])
    expect(feed.store.missing).toBe(2)
    await feed.store.load(3)
    expect(shown(feed)).toEqual([1, 2, 3, 4, 5, 6])
    expect(feed.store.missing).toBe(0)
  })

  it('enters again for every hole, not for the first alone', () => {
    const { said, sends, enters } = room()
    sends(block(1, 1), block(3, 1))
    enters()
    sends(block(2, 1), block(3, 1), block(5, 1))
    expect(said).toEqual(['taken', 'ahead', 'taken', 'taken', 'ahead'])
  })

  it('shows what did not come before the end', async () => {
    const { feed, sends, ends } = room(9)
    sends(block(1, 4))
    ends(9)
    expect(shown(feed)).toEqual([1, 2, 3, 4, '5 to 9'])
    expect(feed.phase).toBe('over')
    await feed.store.load(5)
    expect(shown(feed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('says nothing more after a gap of unknown length', () => {
    const { feed, sends, ends } = room()
    sends(block(1, 1), { run: 'r1', first: 2, count: null, gap: 'agent killed' })
    ends(40)
    expect(shown(feed)).toEqual([1, '2 to undefined'])
  })
})

describe('what is no block', () => {
  it.each([
    ['nothing', undefined],
    ['a text', 'block'],
    ['no numbers', { ...block(1, 1), first: 'one' }],
    ['a number that is none', { ...block(1, 1), first: Number.NaN }],
    ['line 0', block(0, 1)],
    ['fewer lines than it says', { ...block(1, 1), count: 5 }],
    ['more lines than it says', { ...block(1, 5), count: 1 }],
    ['lines that are no text', { ...block(1, 1), text: [7] }],
    ['levels that are no text', { ...block(1, 1), l: 7 }],
    ['streams that are no text', { ...block(1, 1), s: ['o'] }],
    ['times that are none', { ...block(1, 1), t: 'now' }],
    ['a time that is none', { ...block(1, 1), t: [null] }],
    ['marks that are none', { ...block(1, 1), b64: {} }],
    ['a gap of half a line', { run: 'r1', first: 1, count: 0.5, gap: 'x' }],
  ])('%s: it is left out, and its lines show as missing', (_, odd) => {
    const { feed, said, sends, ends } = room()
    sends(odd)
    expect(said).toEqual(['have'])
    expect(feed.store.next).toBe(1)
    sends(block(1, 3))
    ends(3)
    expect(shown(feed)).toEqual([1, 2, 3])
  })

  it('never makes a line of others disappear', () => {
    const odd: unknown[] = [null, 3, 'x', [], {}, Number.NaN, -1, 1e300, '7', { length: 3 }]
    for (let seed = 1; seed <= 50; seed++) {
      const rand = random(seed)
      const { feed, sends, enters, ends } = room(200)
      const any = () => odd[Math.floor(rand() * odd.length)]
      const keys = ['first', 'count', 'gap', 'text', 't', 's', 'l', 'b64', 'cont'] as const
      for (let first = 1; first <= 200; first += 10) {
        if (rand() < 0.5) {
          const key = keys[Math.floor(rand() * keys.length)]!
          const bad = { ...block(first, 10), [key]: any() }
          // What still reads as a gap is the bench's own word for one.
          if (typeof bad.gap !== 'string') sends(bad)
        }
        sends(block(first, 10))
      }
      enters()
      ends(200)
      const lines = rowsOf(feed.store).flatMap((r) => (r?.kind === 'line' ? [r.n] : []))
      expect(lines, `seed ${seed}`).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
      expect(feed.store.chunks.some(isGap)).toBe(false)
    }
  })
})
