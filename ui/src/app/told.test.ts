import { beforeEach, expect, test, vi } from 'vitest'
import { RequestError } from '@/shared/socket'
import { toasts } from '@/shared/toast/toast'
import type { Notice } from '@/shared/wire'
import { noticed, said } from './told'

beforeEach(() => toasts.setState({ shown: [] }))

const event = (d: Partial<Notice>) => ({ o: '1', room: 'user:me', ev: 'notice', at: 'now', d })
const on = (request = vi.fn().mockResolvedValue({ until: '2026-11-21T12:00:00Z' })) => ({
  benches: [],
  goTo: vi.fn(),
  socket: { request },
})
const shown = () => toasts.getState().shown

test('a reservation that ends is extended from the toast, by an hour beyond its end', async () => {
  const page = on()
  noticed(
    event({ kind: 'reservation_ends', text: '', bench: 'demo', device: 'd1', in_s: 120 }),
    page,
  )
  expect(shown()[0]?.title).toBe('d1 on demo is yours for 2 min more')
  shown()[0]?.action?.run()
  expect(page.socket.request.mock.calls[0]?.slice(0, 2)).toEqual([
    'reservation.extend',
    { bench: 'demo', device: 'd1', for_s: 3720 },
  ])
  await vi.waitFor(() => expect(shown().at(-1)?.title).toMatch(/^Yours until/))
})

test('one that somebody waits for is not extended, and the toast says who waits', () => {
  const who = { id: 'p-ada', name: 'Ada' }
  noticed(event({ kind: 'reservation_ends', text: '', bench: 'demo', in_s: 120, who }), on())
  expect(shown()[0]).toMatchObject({ text: 'Ada waits for it: it passes on then.' })
  expect(shown()[0]?.action?.label).toBe('Open')
})

test('what could not be extended is said', async () => {
  const fault = { code: 'not_yours', message: 'somebody else has it' }
  const page = on(vi.fn().mockRejectedValue(new RequestError(fault, true)))
  noticed(event({ kind: 'reservation_ends', text: '', bench: 'demo', in_s: 600 }), page)
  shown()[0]?.action?.run()
  await vi.waitFor(() => expect(shown().at(-1)?.title).toBe('Not extended'))
})

test('who asks is no toast: a bar asks already', () => {
  noticed(event({ kind: 'asked', text: 'Ada asks', bench: 'demo', device: 'd1' }), on())
  expect(shown()).toEqual([])
})

test('somebody’s words are a toast with the way to answer', () => {
  const from = { id: 'p-ada', name: '\u202eAda' }
  said('user:p-ada', { room: 'user:me', ev: 'message', at: 'now', from, d: 'line\none' })
  expect(shown()[0]).toMatchObject({ title: '‹U+202E›Ada', text: 'Line one.' })
  expect(shown()[0]?.action?.label).toBe('Answer')
})
