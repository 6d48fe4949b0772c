import { expect, test } from 'vitest'
import type { Place, Reservations } from '@/shared/wire'
import { questionsTo, standOf } from './stand'

const ada = { id: 'p-ada', name: 'Ada' }
const grace = { id: 'p-grace', name: 'Grace' }
const place = (device: string, more: Partial<Place> = {}): Place => ({
  device,
  epoch: 1,
  queue: [],
  asks: [],
  ...more,
})
const waits = (who: typeof ada, ticket: number, position = ticket) => ({
  who,
  ticket,
  position,
  since: '2026-11-21T10:00:00Z',
  for_s: 3600,
  note: '',
})
const doc = (...places: Place[]): Reservations => ({
  bench: 'hil-07',
  rev: 1,
  at: '2026-11-21T10:00:00Z',
  places,
})

test('a device that nobody reserved is free', () => {
  expect(standOf(undefined, 'd1', 'p-ada').kind).toBe('free')
  expect(standOf(doc(place('d2', { holder: grace })), 'd1', 'p-ada').kind).toBe('free')
})

test('whose a device is', () => {
  const held = doc(place('d1', { holder: ada }))
  expect(standOf(held, 'd1', 'p-ada').kind).toBe('mine')
  expect(standOf(held, 'd1', 'p-grace').kind).toBe('theirs')
  expect(standOf(held, 'd1', undefined).kind).toBe('theirs')
})

test('who holds the whole bench holds each of its devices', () => {
  const stand = standOf(doc(place('', { holder: grace }), place('d1')), 'd1', 'p-ada')
  expect(stand).toMatchObject({ kind: 'theirs', device: '', holder: grace })
})

test('the whole bench is somebody’s while one of its devices is', () => {
  const some = doc(place('d1', { holder: ada }), place('d2', { holder: grace }))
  expect(standOf(some, '', 'p-ada')).toMatchObject({ kind: 'theirs', holder: grace })
})

test('the queue of a device and of its whole bench is one, as they came', () => {
  const some = doc(
    place('', { queue: [waits(grace, 1)] }),
    place('d1', { holder: { id: 'x', name: 'X' }, queue: [waits(ada, 2)] }),
    place('d2', { queue: [waits({ id: 'y', name: 'Y' }, 3)] }),
  )
  const stand = standOf(some, 'd1', 'p-ada')
  expect(stand.queue.map((w) => [w.who.name, w.device])).toEqual([
    ['Grace', ''],
    ['Ada', 'd1'],
  ])
  expect(stand.position).toBe(2)
})

test('the holder is asked, the one it is offered to is asked, nobody else', () => {
  const asks = [{ who: grace, since: '2026-11-21T10:00:00Z', note: 'five minutes' }]
  const all = [doc(place('d1', { holder: ada, asks }))]
  expect(questionsTo('p-ada', all)).toMatchObject([{ kind: 'ask', who: grace }])
  expect(questionsTo('p-grace', all)).toEqual([])
  expect(questionsTo(undefined, all)).toEqual([])
  const offer = { to: grace, note: 'soak runs', until: '2026-11-21T10:01:00Z' }
  const offered = [doc(place('d1', { holder: ada, asks, offer }))]
  expect(questionsTo('p-grace', offered)).toMatchObject([
    { kind: 'offer', who: ada, note: 'soak runs' },
  ])
  expect(questionsTo('p-ada', offered)).toEqual([])
})
