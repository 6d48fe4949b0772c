import { MantineProvider } from '@mantine/core'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { Lab, LabContext } from '@/shared/lab'
import type { Question } from '@/shared/reservation'
import { type Link, SocketContext } from '@/shared/socket'
import { Questions } from './Questions'

afterEach(cleanup)

const place = { device: 'sim0001', epoch: 1, queue: [], asks: [] }
const ada = { id: 'p-ada', name: '<b>Ada</b>' }

function asked(question: Question) {
  const request = vi.fn().mockResolvedValue({})
  const went = vi.fn()
  const socket = { connection: createStore(() => ({ phase: 'connected' })), request }
  render(
    <MantineProvider>
      <SocketContext value={socket as unknown as Link}>
        <LabContext value={new Lab()}>
          <Questions questions={[question]} onGo={went} />
        </LabContext>
      </SocketContext>
    </MantineProvider>,
  )
  return { request, went }
}
const press = async (name: string) => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }))
  })
}

test('who is asked for control hands over, or keeps it', async () => {
  const since = '2026-11-21T10:00:00Z'
  const { request } = asked({ kind: 'ask', bench: 'demo', place, who: ada, note: '', since })
  expect(screen.getByRole('alert').textContent).toBe(
    '<b>Ada</b> asks for control of sim0001 on demo.',
  )
  await press('Keep control')
  await press('Hand over')
  const device = 'sim0001'
  expect(request.mock.calls.map(([m, d]) => [m, d])).toEqual([
    ['reservation.refuse', { bench: 'demo', device, who: 'p-ada' }],
    ['reservation.hand', { bench: 'demo', device, to: 'p-ada' }],
  ])
})

test('who is offered a device takes control and is led to it', async () => {
  const until = Date.now() + 60_000
  const { request, went } = asked({
    kind: 'offer',
    bench: 'demo',
    place,
    who: ada,
    note: 'careful',
    until,
  })
  screen.getByText('“careful”', { exact: false })
  await press('Take control')
  expect(request.mock.calls[0]?.slice(0, 2)).toEqual([
    'reservation.answer',
    { bench: 'demo', device: 'sim0001', accept: true },
  ])
  expect(went).toHaveBeenCalledWith('/b/demo/sim0001')
})
