import { expect, test } from 'vitest'
import type { Job } from '@/shared/wire'
import { askedOf, byRun, foundBy, lacking, listed, parts, progressOf, summary } from './jobs'

const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  kind: 'search',
  title: 'Search for “x”',
  room: 'lab',
  by: { id: 'p-ada', name: 'Ada' },
  state: 'running',
  done: 0,
  of: 0,
  started_at: '2026-11-22T10:00:00Z',
  ...more,
})
const hit = (run: string, n: number) => ({ run, bench: 'demo', device: 'd1', n, text: 'a needle' })

test('what the room told and what was asked are one list, the newest first', () => {
  const ended = job('a', { state: 'done', result: { hits: [] } })
  const later = job('b', { started_at: '2026-11-22T11:00:00Z' })
  const list = listed([job('a', { state: 'done' }), later], [ended])
  expect(list.map((j) => j.id)).toEqual(['b', 'a'])
  expect(list[1]?.result).toEqual({ hits: [] })
})

test('an answer that is older than the room takes nothing back', () => {
  expect(listed([job('a', { state: 'cancelled' })], [job('a')])[0]?.state).toBe('cancelled')
  expect(listed([job('a')], [job('a', { state: 'lost' })])[0]?.state).toBe('lost')
  expect(listed([job('a', { done: 3 })], [job('a', { done: 9 })])[0]?.done).toBe(9)
})

test('a result that the snapshot left out is asked for', () => {
  expect(lacking([job('a'), job('b', { state: 'done' }), job('c', { state: 'lost' })])).toBe('b')
})

test('progress is told in figures; before anything is counted there are none', () => {
  expect(progressOf(job('a', { done: 34, of: 1200 }))).toEqual({
    text: '34 of 1,200 runs, 2 %',
    percent: 2,
  })
  expect(progressOf(job('a')).percent).toBeUndefined()
})

test('what was found is told by run, with what was asked', () => {
  const done = job('a', {
    state: 'done',
    asked: { text: 'needle' },
    result: { hits: [hit('r1', 1), hit('r2', 4), hit('r1', 7)], runs: 340, bad: 0, more: false },
  })
  const found = foundBy(done)!
  expect(summary(found)).toBe('3 hits in 2 of 340 runs')
  expect(byRun(found.hits, []).map((f) => [f.run, f.hits.length])).toEqual([
    ['r1', 2],
    ['r2', 1],
  ])
  expect(askedOf(done)).toEqual({ text: 'needle' })
  expect(summary({ hits: [], runs: 1, bad: 0, more: false })).toBe('Nothing found in 1 run')
  expect(foundBy(job('b', { state: 'done', result: 'of another kind' }))?.hits).toEqual([])
})

test('hits within a line are marked without case, every one', () => {
  expect(parts('A Needle, needle', 'NEEDLE')).toEqual(['A ', 'Needle', ', ', 'needle', ''])
  expect(parts('hay', 'needle')).toEqual(['hay'])
  expect(parts('İstanbul needle', 'needle')).toEqual(['İstanbul needle'])
})
