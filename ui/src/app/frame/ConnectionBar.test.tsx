import { MantineProvider } from '@mantine/core'
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { arrivals } from '@/shared/log/arrivals'
import { emptyLog, type Log, none } from '@/shared/log/log'
import { type Connection, Socket, SocketContext } from '@/shared/socket'
import { ConnectionBar } from './ConnectionBar'

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-21T10:27:00') })
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const asOf = Date.parse('2026-11-21T10:26:58')

function show() {
  const socket = new Socket({ url: 'ws://lab/ws' })
  const link = Object.assign(socket, { log: () => new MessageChannel().port1 })
  const set = (change: Partial<Connection>) => act(() => socket.connection.setState(change))
  render(
    <MantineProvider env="test">
      <SocketContext value={link}>
        <ConnectionBar />
      </SocketContext>
    </MantineProvider>,
  )
  set({ phase: 'connected', times: 1 })
  return set
}
const says = () => screen.queryByRole('status')?.textContent ?? ''
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))

test('a loss says since when and when it tries again, and no dialog comes', () => {
  const set = show()
  expect(says()).toBe('')
  set({ phase: 'waiting', asOf, retryAt: Date.now() + 4400 })
  expect(says()).toBe('') // a relay that drains is back before
  pass(500)
  expect(says()).toContain('Connection lost. Data as of 10:26:58. Trying again in 4 s.')
  pass(1000)
  expect(says()).toContain('Trying again in 3 s.')
  expect(screen.getByRole('button', { name: 'Try now' })).toBeTruthy()
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('what came meanwhile is counted when it is here', () => {
  const log: Log = { ...emptyLog, state: createStore(() => none) }
  log.state.setState({ lines: 100, phase: 'live' })
  const leave = arrivals.add(log)
  const set = show()
  set({ phase: 'waiting', asOf, retryAt: Date.now() + 1000 })
  pass(500)
  act(() => log.state.setState({ phase: 'replay' }))
  set({ phase: 'connected', asOf: undefined, times: 2 })
  expect(says()).toContain('Connected again. What came meanwhile is on its way.')
  pass(2000)
  expect(says()).toContain('on its way')
  act(() => log.state.setState({ lines: 3512, phase: 'live' }))
  pass(400)
  expect(says()).toContain('Connected again. All 3,412 lines that came meanwhile are here.')
  pass(6000)
  expect(says()).toBe('')
  leave()
})

test('the bar of the loss becomes that of the return, and never goes between them', () => {
  const set = show()
  set({ phase: 'waiting', asOf, retryAt: Date.now() + 1000 })
  pass(500)
  const bar = screen.getByRole('status')
  set({ phase: 'connected', asOf: undefined, times: 2 })
  expect(bar.isConnected).toBe(true)
  expect(bar.textContent).toContain('Connected again.')
  set({ phase: 'waiting', asOf, retryAt: Date.now() + 1000 })
  pass(500)
  expect(says()).toContain('Connection lost.')
  set({ phase: 'connected', asOf: undefined, times: 3 })
  pass(10_000)
  expect(says()).toBe('')
})

test('a newer relay asks for a reload, and the page stays', () => {
  const set = show()
  set({ phase: 'refused', code: 4502, reason: 'version', asOf })
  expect(says()).toContain('This relay speaks a newer version.')
  expect(says()).toContain('Data as of 10:26:58. Reload the page to go on.')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy()
})

test('a page whose own program stopped says so and can be loaded again', () => {
  const set = show()
  set({ phase: 'stopped', asOf, reason: 'out of memory' })
  expect(says()).toContain('This page has stopped. Data as of 10:26:58.')
  expect(says()).toContain('Out of memory.')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy()
})
