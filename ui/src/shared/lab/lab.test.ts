import { beforeEach, expect, test, vi } from 'vitest'
import type { RoomHandlers } from '@/shared/socket'
import { Lab } from './lab'

const getJSON = vi.hoisted(() => vi.fn())
vi.mock('@/shared/query', () => ({ getJSON }))
beforeEach(() => {
  getJSON.mockReset()
})

const person = (id: string) => ({ id, name: id, since: '2026-11-22T00:00:00Z', tabs: 1, at: [] })
const held = (bench: string, rev: number) => ({
  bench,
  rev,
  at: '2026-11-22T00:00:00Z',
  places: [],
})

function entered() {
  const lab = new Lab()
  let room!: RoomHandlers
  lab.enter({
    enter: (_, handlers) => {
      room = handlers as RoomHandlers
      return () => undefined
    },
  })
  return { lab, room, names: () => lab.state.getState().people.map((p) => p.name) }
}

test('a small lab is there at once, and nothing is asked', () => {
  const { lab, room, names } = entered()
  room.snapshot({ benches: [], runs: [], people: [person('Ada')] })
  expect(names()).toEqual(['Ada'])
  expect(lab.state.getState().more).toEqual({})
  expect(getJSON).not.toHaveBeenCalled()
})

test('what a large lab’s snapshot left out is asked for, page by page, and the room is newer', async () => {
  const { lab, room, names } = entered()
  getJSON.mockImplementation(async (path: string) => {
    if (path === '/api/v1/reservations') return { reservations: [held('b1', 1), held('b2', 3)] }
    if (path === '/api/v1/people') return { people: [person('Ada'), person('Bob')], next: 'n=' }
    if (path === '/api/v1/people?cursor=n%3D') return { people: [person('Cid'), person('Dan')] }
    throw new Error(path)
  })
  room.snapshot({
    benches: [],
    runs: [],
    people: [person('Ada')],
    reservations: [held('b1', 7)],
    more: { people: 3, reservations: 1, runs: 9 },
  })
  expect(lab.state.getState().more).toEqual({ people: 3, reservations: 1, runs: 9 })
  room.leave?.({ id: 'Dan', name: 'Dan' }) // while it is being asked
  room.join?.(person('Eve'))
  await vi.waitFor(() => expect(names()).toEqual(['Ada', 'Bob', 'Cid', 'Eve']))
  const { reservations, more } = lab.state.getState()
  expect([reservations.b1!.rev, reservations.b2!.rev]).toEqual([7, 3])
  expect(more).toEqual({ people: 0, reservations: 0, runs: 9 })
})

test('what cannot be read stays counted', async () => {
  const { lab, room, names } = entered()
  getJSON.mockRejectedValue(new Error('away'))
  room.snapshot({ benches: [], runs: [], people: [person('Ada')], more: { people: 3 } })
  await vi.waitFor(() => expect(getJSON).toHaveBeenCalled())
  expect(names()).toEqual(['Ada'])
  expect(lab.state.getState().more.people).toBe(3)
})

test('of jobs that ended the newest are kept, and every one that runs', () => {
  const { lab, room } = entered()
  room.snapshot({ benches: [], runs: [] })
  const job = (i: number, state: string) => ({
    id: `j${i}`,
    state,
    started_at: new Date(i * 1000).toISOString(),
    ended_at: state === 'running' ? undefined : new Date(i * 1000).toISOString(),
  })
  room.event('job', job(0, 'running'))
  for (let i = 1; i <= 300; i++) room.event('job', job(i, 'done'))
  const { jobs } = lab.state.getState()
  expect(Object.keys(jobs)).toHaveLength(257)
  expect(jobs.j0).toBeDefined()
  expect(jobs.j44).toBeUndefined()
  expect(jobs.j45).toBeDefined()
})
