// A page over a store that may hold far less than the run has: what was dropped
// is fetched again by its numbers, whoever asks for it.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogLine } from '@/shared/wire'
import type { Handle } from '../open'
import { sorted } from './source'
import { isGap, type Source } from './store'
import { pageOf, relay } from './testing'

const lines = 20_000
const textAtMost = 60_000 // of about 250,000
const within = { timeout: 15_000, interval: 5 }
vi.setConfig({ testTimeout: 30_000 })

let log: Handle
afterEach(() => log.close())

const made = (source?: Source, more: Partial<Parameters<typeof pageOf>[0]> = {}) => {
  const page = pageOf({ lines, each: 200, textAtMost, ...(source ? { source } : {}), ...more })
  log = page.log
  return page.feed
}
const texts = (from: number, count: number) =>
  log.rows(from, count).map((row) => (row?.kind === 'line' ? row.text : row?.reason))
const wanted = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `line ${from + i + 1}`)
const shows = (from: number, count = 40) =>
  vi.waitFor(() => expect(texts(from, count)).toEqual(wanted(from, count)), within)

describe('scrolling through a run of which the text was dropped', () => {
  it('shows every line, right, within the bound, down and up again', async () => {
    const feed = made()
    await vi.waitFor(() => expect(log.state.getState().rows).toBe(lines), within)
    expect(feed.store.bytes).toBeLessThanOrEqual(textAtMost)
    expect(feed.store.row(0, 0), 'the first line was dropped').toBeUndefined()
    for (const from of [0, 5000, 9990, 19_960, 12_345, 700, 0]) {
      await shows(from)
      expect(feed.store.bytes).toBeLessThanOrEqual(textAtMost)
    }
    expect(feed.store.reshaped).toBe(0)
    expect(feed.store.missing).toBe(0)
  })

  it('asks again where the relay did not answer, and shows the lines then', async () => {
    let isAway = true
    const has = relay(lines)
    made((from, to) => (isAway ? Promise.reject(new Error('offline')) : has(from, to)))
    await vi.waitFor(() => expect(log.state.getState().rows).toBe(lines), within)
    expect(texts(0, 40)).toEqual(new Array(40).fill(undefined))
    await new Promise((done) => setTimeout(done))
    isAway = false
    await vi.waitFor(() => expect(texts(0, 40)).toEqual(wanted(0, 40)), within)
  })

  it('shows what the relay trimmed meanwhile as a gap, with its reason', async () => {
    const feed = made(relay(lines, 5001))
    await vi.waitFor(() => expect(log.state.getState().rows).toBe(lines), within)
    log.rows(0, 40)
    await vi.waitFor(() => expect(texts(0, 1)).toEqual(['too old']), within)
    await vi.waitFor(() => {
      const { rows, missing, lines: held } = log.state.getState()
      const gaps = feed.store.chunks.filter((c) => 'gap' in c).length
      expect([held + missing, rows + missing - gaps]).toEqual([lines, lines])
    }, within)
  })
})

describe('over dropped lines too', () => {
  it('a search counts, and steps, and fetches each of them once', async () => {
    const asked: number[] = []
    const has = relay(lines)
    const feed = made((from, to) => {
      asked.push(from)
      return has(from, to)
    })
    const dropped = feed.store.chunks.filter((c) => !isGap(c) && !c.hasText).length
    expect(dropped).toBeGreaterThan(10)
    log.search({ text: 'line 77', isRegex: false, matchCase: true })
    const hits = 1 + 10 + 100 + 0 + 1000 // 77, 770…, 7700…
    await vi.waitFor(() => {
      const { found } = log.state.getState()
      expect(found?.busy).toBe(false)
      expect(found?.total).toBe(hits - 1000)
    }, within)
    expect(asked).toHaveLength(dropped)
    expect(new Set(asked).size).toBe(dropped)
    expect(await log.step('hit', 0, 1)).toMatchObject({ line: 77, row: 76, index: 1 })
    expect(await log.step('hit', 77, 1)).toMatchObject({ line: 770, index: 2 })
    expect(feed.store.bytes).toBeLessThanOrEqual(textAtMost)
  })

  it('a filter shows the right ones', async () => {
    made()
    log.filter({ text: '000$', isRegex: true })
    await vi.waitFor(() => expect(log.state.getState().rows).toBe(20), within)
    await vi.waitFor(
      () => expect(texts(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 1}000`)),
      within,
    )
  })

  it('a copy has them all, or says that some were trimmed', async () => {
    made()
    const text = await log.text({ from: 1, to: 5000 }, false)
    expect(text.split('\n')).toEqual(wanted(0, 5000))
    log.close()
    made(relay(lines, 3000))
    await expect(log.text({ from: 1, to: 5000 }, false)).rejects.toThrow('trimmed')
  })
})

describe('a line as long as a megabyte, and texts that are no Unicode', () => {
  const end = 'the end of it'
  const odd: Record<number, string> = {
    2: 'x'.repeat(1_048_576) + end,
    3: 'half \ud83d of a pair',
    4: '\udc00\ud800 turned round',
    5: 'b\u200b\u202ec\ufeff',
  }
  const text = (n: number) => odd[n] ?? `line ${n}`
  // The relay sends a half as U+FFFD over HTTP; a block's JSON brings it whole.
  const source: Source = async (from, to) => {
    const found: LogLine[] = []
    for (let n = from; n <= to; n++)
      found.push({ n, t: '', stream: 'out', level: 'plain', text: text(n) })
    return sorted(found, from, to)
  }

  it.each([
    ['held', undefined],
    ['dropped and fetched again', 5000],
  ])('are shown, found and copied whole, %s', async (_, textAtMost) => {
    const feed = made(source, {
      lines: 4000,
      text,
      ...(textAtMost ? { textAtMost } : {}),
    })
    if (textAtMost) expect(feed.store.row(0, 1)).toBeUndefined()
    await vi.waitFor(() => expect(log.state.getState().rows).toBe(4000), within)
    await vi.waitFor(() => expect(texts(0, 6)).toEqual([1, 2, 3, 4, 5, 6].map(text)), within)
    log.search({ text: end, isRegex: false, matchCase: false })
    await vi.waitFor(() => expect(log.state.getState().found).toMatchObject({ total: 1 }), within)
    const hits = () => log.rows(1, 3).map((row) => row?.kind === 'line' && row.hits)
    await vi.waitFor(() => expect(hits()[0]).toEqual([[1_048_576, 1_048_589]]), within)
    log.search({ text: 'half \ud83d', isRegex: false, matchCase: true })
    await vi.waitFor(
      () => expect(log.state.getState().found).toMatchObject({ total: 1, busy: false }),
      within,
    )
    expect(await log.text({ from: 2, to: 5 }, false)).toBe([2, 3, 4, 5].map(text).join('\n'))
  })
})

describe('a pattern', () => {
  it('that does not parse is told in words, and where', async () => {
    made()
    log.search({ text: 'line (', isRegex: true, matchCase: false })
    await vi.waitFor(
      () => expect(log.state.getState().found?.fault).toMatch(/at character 6/),
      within,
    )
    log.search({ text: 'line 1$', isRegex: true, matchCase: false })
    await vi.waitFor(
      () => expect(log.state.getState().found).toMatchObject({ total: 1, fault: undefined }),
      within,
    )
  })

  it('that explodes is ended with its worker, and says on which lines', async () => {
    const terminate = vi.fn()
    // A worker that took the task and never comes back.
    const regex = () => {
      const made = { onmessage: null, onerror: null, terminate, postMessage: () => undefined }
      setTimeout(() =>
        (made as { onmessage: ((e: unknown) => void) | null }).onmessage?.({ data: 'ready' }),
      )
      return made
    }
    made(undefined, { regex })
    log.search({ text: '(a+)+$', isRegex: true, matchCase: false })
    await vi.waitFor(
      () => expect(log.state.getState().found?.fault).toMatch(/^Takes too long on lines 1 to \d+$/),
      within,
    )
    expect(log.state.getState().found?.busy).toBe(false)
    expect(terminate).toHaveBeenCalled()
    await shows(19_900) // the log itself goes on
  })

  it('whose worker does not come up says so', async () => {
    const regex = () => {
      const made = {
        onmessage: null,
        onerror: null as ((e: ErrorEvent) => void) | null,
        terminate: () => undefined,
        postMessage: () => undefined,
      }
      setTimeout(() => made.onerror?.({} as ErrorEvent))
      return made
    }
    made(undefined, { regex })
    log.search({ text: 'a', isRegex: true, matchCase: false })
    await vi.waitFor(
      () => expect(log.state.getState().found?.fault).toBe('The search could not be loaded'),
      within,
    )
  })
})
