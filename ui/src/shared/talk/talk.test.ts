import { beforeEach, expect, test, vi } from 'vitest'
import type { RoomHandlers } from '@/shared/socket'
import type { SharedLab } from '@/shared/wire'
import { Talk, textOf, unreadInAll, unreadOf } from './talk'

const ada = { id: 'p-ada', name: 'Ada' }
const at = (s: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, s)).toISOString()
const message = (o: string, s: number, d: unknown = 'hello', from = ada) => ({
  o,
  room: 'lab',
  ev: 'message',
  from,
  at: at(s),
  d,
})

const lab = (messages: SharedLab['messages']): SharedLab => ({ benches: [], runs: [], messages })

beforeEach(() => localStorage.clear())

function entered(talk: Talk, me = 'mk') {
  let own: RoomHandlers | undefined
  talk.enterOwn(
    {
      enter: (_: string, handlers: RoomHandlers) => {
        own = handlers
        return () => undefined
      },
    },
    me,
  )
  return own!
}

test('what comes twice, in a snapshot and live, is said once', () => {
  const talk = new Talk()
  talk.lab.snapshot(lab([message('1', 1), message('2', 2)]))
  talk.lab.event('message', 'hello', { o: '2', from: ada, at: at(2) })
  talk.lab.event('message', 'again', { o: '3', from: ada, at: at(3) })
  talk.lab.snapshot(lab([message('2', 2), message('3', 3)]))
  expect(talk.state.getState().with.lab?.said.map((e) => e.o)).toEqual(['1', '2', '3'])
})

test('what was said before one’s first visit is not unread; what comes is, until read', () => {
  const talk = new Talk()
  talk.lab.snapshot(lab([message('1', 1)]))
  expect(unreadOf(talk.state.getState(), 'mk', 'lab')).toBe(0)
  talk.lab.event('message', 'mine', { o: '3', from: { id: 'mk', name: 'mk' }, at: at(2) })
  talk.lab.event('message', 'news', { o: '2', from: ada, at: at(3) })
  expect(unreadInAll(talk.state.getState(), 'mk')).toBe(1)
  talk.read('lab')
  expect(unreadInAll(talk.state.getState(), 'mk')).toBe(0)
  const later = new Talk() // the page is loaded again
  later.lab.snapshot(lab([message('2', 2), message('4', 4)]))
  expect(unreadOf(later.state.getState(), 'mk', 'lab')).toBe(1)
})

test('words of one person are their conversation, and are told of', () => {
  const talk = new Talk()
  const heard = vi.fn()
  talk.whenHeard(heard)
  const own = entered(talk)
  own.snapshot(lab([message('1', 1)]))
  expect(heard).not.toHaveBeenCalled()
  own.event('message', 'psst', { o: '2', from: ada, at: at(2) })
  expect(talk.state.getState().with['user:p-ada']?.said).toHaveLength(2)
  expect(heard).toHaveBeenCalledOnce()
  expect(heard.mock.calls[0]?.[0]).toBe('user:p-ada')
})

test('one’s own words to a person come by one’s own room, whichever tab said them', async () => {
  const talk = new Talk()
  const own = entered(talk)
  const mine = message('7', 7, 'hello Ada', { id: 'mk', name: 'mk' })
  own.snapshot(lab([{ ...mine, to: 'user:p-ada', to_name: 'Ada' }]))
  const { said } = talk.state.getState().with['user:p-ada']!
  expect(said.map((e) => [e.d, e.to_name])).toEqual([['hello Ada', 'Ada']])
  await talk.say({ say: async <T>() => ({ o: '8', copy: '9' }) as T }, 'user:p-ada', 'again')
  own.event('message', 'again', {
    o: '9',
    from: { id: 'mk', name: 'mk' },
    at: at(9),
    to: 'user:p-ada',
  })
  expect(talk.state.getState().with['user:p-ada']?.said).toHaveLength(2)
  expect(Object.keys(talk.state.getState().with)).toEqual(['user:p-ada'])
})

test('what the relay could not copy is shown on this page', async () => {
  const talk = new Talk()
  entered(talk)
  await talk.say({ say: async <T>() => ({ o: '7' }) as T }, 'user:p-ada', 'hello Ada')
  expect(talk.state.getState().with['user:p-ada']?.said.map((e) => e.d)).toEqual(['hello Ada'])
})

test('who answered, on whatever device, has read what stood before', () => {
  const talk = new Talk()
  const own = entered(talk)
  own.event('message', 'psst', { o: '1', from: ada, at: at(1) })
  expect(unreadOf(talk.state.getState(), 'mk', 'user:p-ada')).toBe(1)
  own.event('message', 'yes', {
    o: '2',
    from: { id: 'mk', name: 'mk' },
    at: at(2),
    to: 'user:p-ada',
  })
  expect(unreadOf(talk.state.getState(), 'mk', 'user:p-ada')).toBe(0)
  own.event('message', 'good', { o: '3', from: ada, at: at(3) })
  expect(unreadOf(talk.state.getState(), 'mk', 'user:p-ada')).toBe(1)
})

test('who signs in next on the same page reads nothing that was another’s', () => {
  const talk = new Talk()
  talk.lab.snapshot(lab([message('1', 1)]))
  const own = entered(talk, 'p-grace')
  own.event('message', 'psst', { o: '2', from: ada, at: at(2) })
  own.event('notice', { kind: 'taken', text: 'x' }, { o: '3', at: at(3) })
  entered(talk, 'p-grace') // came back
  expect(talk.state.getState().with['user:p-ada']?.said).toHaveLength(1)
  entered(talk, 'p-linus')
  expect(Object.keys(talk.state.getState().with)).toEqual(['lab'])
  expect(talk.state.getState().notices).toEqual([])
})

test('notices are no messages', () => {
  const talk = new Talk()
  const own = entered(talk)
  own.event('notice', { kind: 'taken', text: 'x' }, { o: '1', at: at(1) })
  own.event('something', {}, { o: '2', at: at(2) })
  expect(talk.state.getState().notices).toHaveLength(1)
  expect(talk.state.getState().with).toEqual({})
})

test('text, JSON with a text, and other JSON are all readable', () => {
  expect(textOf('plain')).toBe('plain')
  expect(textOf({ text: 'inside' })).toBe('inside')
  expect(textOf({ build: 7 })).toBe('{"build":7}')
  expect(textOf(null)).toBe('null')
  expect(textOf(undefined)).toBe('')
})
