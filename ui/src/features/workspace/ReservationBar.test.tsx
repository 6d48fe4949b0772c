import { MantineProvider } from '@mantine/core'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { Lab, LabContext } from '@/shared/lab'
import { queryClient } from '@/shared/query'
import { type Link, RequestError, type RoomHandlers, SocketContext } from '@/shared/socket'
import type { Place } from '@/shared/wire'
import { ReservationBar } from './reservation/ReservationBar'
import { bench, device } from './testing'

const labSays = (unreserved: string) =>
  vi.stubGlobal('fetch', async () => Response.json({ revision: 1, unreserved }))
beforeEach(() => labSays('anyone'))
afterEach(() => {
  cleanup()
  queryClient.clear()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const me = { id: 'p-me', name: 'Me' }
const ada = { id: 'p-ada', name: 'Ada' }
const sim = device('sim0001')
const demo = bench('demo', [sim])
const inS = (s: number) => new Date(Date.now() + s * 1000).toISOString()
const place = (more: Partial<Place> = {}): Place => ({
  device: 'sim0001',
  epoch: 1,
  queue: [],
  asks: [],
  ...more,
})

function shown(places: Place[], on = demo) {
  const request = vi.fn().mockResolvedValue({})
  let room: RoomHandlers | undefined
  const socket = {
    connection: createStore(() => ({ phase: 'connected', user: me })),
    request,
    enter: (_: string, handlers: RoomHandlers) => {
      room = handlers
      return () => undefined
    },
  } as unknown as Link
  const lab = new Lab()
  lab.enter(socket)
  let last = 0
  const tell = (now: Place[], rev = ++last) =>
    act(() => {
      room?.event('reservations', { bench: 'demo', rev, at: inS(0), places: now })
    })
  tell(places)
  render(
    <MantineProvider>
      <SocketContext value={socket}>
        <LabContext value={lab}>
          <ReservationBar bench={on} device={on.devices[0]!} />
        </LabContext>
      </SocketContext>
    </MantineProvider>,
  )
  return { request, tell }
}

const press = async (name: string | RegExp) => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }))
  })
}

test('a free device is reserved for an hour by one click', async () => {
  const { request } = shown([])
  await press('Reserve for 1 h')
  expect(request.mock.calls[0]?.slice(0, 2)).toEqual([
    'reservation.reserve',
    { bench: 'demo', device: 'sim0001', for_s: 3600 },
  ])
})

test('a free device that the lab wants reserved says so', async () => {
  labSays('reserve')
  shown([])
  await screen.findByText('Reserve it to use it.')
})

test('one’s own is extended to an hour beyond its end', async () => {
  const { request } = shown([place({ holder: me, since: inS(-60), until: inS(1800) })])
  screen.getByText(/^Yours until/)
  await press('Extend by 1 h')
  const asked = request.mock.calls[0]?.[1] as { for_s: number }
  expect(Math.abs(asked.for_s - 5400)).toBeLessThanOrEqual(2)
})

test('one’s own that somebody waits for is not extended, and says so', () => {
  const queue = [{ who: ada, since: inS(0), for_s: 3600, note: '', ticket: 2, position: 1 }]
  const since = inS(-60)
  shown([place({ holder: me, since, until: inS(1800), queue, next: ada })])
  screen.getByText('Next: Ada, for 1 h. Not extended while somebody waits')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Extend by 1 h' }).disabled).toBe(
    true,
  )
})

test('warnings come at ten and at two minutes, each said once', () => {
  vi.useFakeTimers()
  shown([place({ holder: me, since: inS(-3600), until: inS(601) })])
  expect(screen.getByRole('status').textContent).toBe('')
  act(() => vi.advanceTimersByTime(2000))
  const early = screen.getByRole('status').textContent
  expect(early).toMatch(/less than 10 minutes/)
  act(() => vi.advanceTimersByTime(60_000))
  expect(screen.getByRole('status').textContent).toBe(early)
  act(() => vi.advanceTimersByTime(420_000))
  expect(screen.getByRole('status').textContent).toMatch(/less than 2 minutes/)
})

test('somebody’s can be queued for, asked for and taken over, with a reason', async () => {
  const { request, tell } = shown([place({ holder: ada, since: inS(-60), until: inS(1800) })])
  screen.getByText(/^Ada has it until/)
  await press('Queue for 1 h')
  await press('Ask for control')
  expect(request.mock.calls.map(([m]) => m)).toEqual(['reservation.reserve', 'reservation.ask'])
  const queue = [
    { who: me, since: inS(0), for_s: 3600, note: '', ticket: 1, position: 1 },
    { who: ada, since: inS(0), for_s: 3600, note: '', ticket: 2, position: 2 },
  ]
  tell([place({ holder: ada, since: inS(-60), until: inS(1800), queue })])
  screen.getByRole('button', { name: '1st of 2 in the queue' })
  await press('Leave the queue')
  expect(request).toHaveBeenLastCalledWith(
    'reservation.release',
    { bench: 'demo', device: 'sim0001' },
    5000,
  )
})

test('what holds the whole bench is asked of the whole bench', async () => {
  const { request } = shown([place({ device: '', holder: ada, until: inS(1800) })])
  screen.getByText(/^Ada has the whole bench until/)
  await press('Ask for control')
  expect(request.mock.calls[0]?.slice(0, 2)).toEqual(['reservation.ask', { bench: 'demo' }])
})

test('a device that reboots is still one’s own', () => {
  const rebooting = bench('demo', [device('sim0001', { state: 'rebooting' })])
  shown([place({ holder: me, since: inS(-60), until: inS(1800) })], rebooting)
  screen.getByText('Rebooting, still yours')
})

test('a refusal stands at the bar until it is dismissed', async () => {
  const { request } = shown([])
  const fault = { code: 'reserved', message: 'Ada has it', hint: 'queue for it' }
  request.mockRejectedValueOnce(new RequestError(fault, true))
  await press('Reserve for 1 h')
  expect(screen.getByRole('alert').textContent).toMatch(/Ada has it/)
  await press('Dismiss')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('an older document never replaces a newer one', () => {
  const { tell } = shown([place({ holder: me, until: inS(1800) })])
  tell([place({ holder: ada, until: inS(1800) })], 0)
  screen.getByText(/^Yours/)
})
