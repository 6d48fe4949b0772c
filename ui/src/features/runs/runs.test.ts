import { describe, expect, it } from 'vitest'
import type { Run } from '@/shared/wire'
import { rowsOf } from './days'
import { compare, heard, merge } from './merge'
import { beginOf, matches, paramsOf, parseRuns, type RunsSearch } from './search'

const now = Date.parse('2026-11-21T12:00:00Z')
const run = (n: number, more: Partial<Run> = {}): Run => ({
  id: `r${n}`,
  bench: 'hil-07',
  device: 'hu5',
  command: 'getprop',
  state: 'running',
  lines: 0,
  bytes: 0,
  timeout_s: 600,
  by: 'mk',
  created_at: new Date(now - 10_000_000 + n * 1000).toISOString(),
  ...more,
})
const list = (loaded: Run[], live: Run[], more: object = {}) =>
  merge({
    loaded,
    isWhole: false,
    seen: heard(new Map(), live),
    search: {},
    begin: undefined,
    frozenAt: undefined,
    ...more,
  })
const ids = (runs: Run[]) => runs.map((r) => r.id).join(' ')

describe('the address of the list', () => {
  it('keeps what it knows and drops the rest', () => {
    const s = { q: 'getprop', bench: 'hil-07', state: 'running', since: '2d', check: 'version' }
    expect(parseRuns({ ...s, other: 1 })).toEqual(s)
    expect(parseRuns({ state: 'sleeping', outcome: '?', since: 'soon', q: '' })).toEqual({})
    expect(parseRuns({ q: 12 })).toEqual({ q: '12' })
  })

  it('becomes the relay’s question', () => {
    const begin = beginOf('2d', now)
    expect(begin).toBe(now - 2 * 86_400_000)
    const search: RunsSearch = { q: 'a&b', bench: 'hil-07', outcome: 'lost', since: '2d' }
    expect(paramsOf(search, begin).toString()).toBe(
      'text=a%26b&bench=hil-07&outcome=lost&since=2026-11-19T12%3A00%3A00.000Z',
    )
  })

  it('says which live runs belong', () => {
    const lost = run(1, { state: 'ended', outcome: 'lost', check: undefined })
    const yes: RunsSearch[] = [{}, { outcome: 'lost' }, { by: 'MK' }, { q: 'GETP' }, { q: 'r1' }]
    const no: RunsSearch[] = [{ state: 'running' }, { bench: 'x' }, { q: 'x' }, { check: 'v' }]
    for (const s of yes) expect(matches(lost, s, undefined)).toBe(true)
    for (const s of no) expect(matches(lost, s, undefined)).toBe(false)
    expect(matches(lost, {}, now)).toBe(false)
  })
})

describe('what comes in live', () => {
  const loaded = [run(9), run(8), run(7)]

  it('comes in at the top, once', () => {
    expect(ids(list(loaded, [run(10), run(9)]).runs)).toBe('r10 r9 r8 r7')
  })

  it('is not older than what was loaded, unless that is all', () => {
    expect(ids(list(loaded, [run(3)]).runs)).toBe('r9 r8 r7')
    expect(ids(list(loaded, [run(3)], { isWhole: true }).runs)).toBe('r9 r8 r7 r3')
  })

  it('changes a run in its place, and never back', () => {
    const ended = run(8, { state: 'ended', outcome: 'exited', exit_code: 0 })
    expect(list(loaded, [ended]).runs[1]).toBe(ended)
    expect(list([run(9), ended], [run(8)]).runs[1]).toBe(ended)
  })

  it('takes out what is no longer asked for', () => {
    const ended = run(8, { state: 'ended', outcome: 'exited', exit_code: 0 })
    expect(ids(list(loaded, [ended], { search: { state: 'running' } }).runs)).toBe('r9 r7')
  })

  it('waits while live is off', () => {
    const { runs, waiting } = list(loaded, [run(10), run(11)], {
      frozenAt: Date.parse(run(9).created_at),
    })
    expect([ids(runs), waiting]).toEqual(['r9 r8 r7', 2])
  })

  it('is the same list, however it came', () => {
    const all = Array.from({ length: 60 }, (_, i) => run(i))
    for (let cut = 1; cut < 60; cut += 7) {
      const page = all.slice(0, cut).sort(compare)
      const live = all.slice(Math.max(0, cut - 5))
      expect(ids(list(page, live, { isWhole: true }).runs)).toBe(ids([...all].sort(compare)))
    }
  })
})

describe('the days', () => {
  it('head their runs, and the last may be incomplete', () => {
    const at = (iso: string, n: number) => run(n, { created_at: iso })
    const runs = [
      at('2026-11-21T10:00:00', 4),
      at('2026-11-21T09:00:00', 3),
      at('2026-11-20T23:59:00', 2),
      at('2025-11-19T08:00:00', 1),
    ]
    const rows = rowsOf(runs, false, new Date('2026-11-21T12:00:00'))
    const heads = rows.filter((r) => 'day' in r)
    expect(heads).toEqual([
      { day: 'Today', count: 2, isOpen: false },
      { day: 'Yesterday, 20 November', count: 1, isOpen: false },
      { day: 'Wednesday, 19 November 2025', count: 1, isOpen: true },
    ])
    expect(rows.length).toBe(7)
  })
})
