import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { Lab, LabContext } from '@/shared/lab'
import { type Link, SocketContext } from '@/shared/socket'
import type { Bench, Fault } from '@/shared/wire'
import { CommandDock } from './CommandDock'
import { bench, device } from './testing'

const launch = vi.hoisted(() => ({
  order: vi.fn(),
  check: vi.fn(),
  forget: vi.fn(),
  busy: false,
  fault: undefined as Fault | undefined,
  started: undefined as (() => void) | undefined,
}))
vi.mock('./useLaunch', () => ({
  useLaunch: (_b: unknown, _d: unknown, started: () => void) => Object.assign(launch, { started }),
}))

const history = {
  commands: [
    { command: 'dumpsys meminfo', times: 3, last_at: '2026-11-21T10:02:00Z' },
    { command: 'uptime', times: 1, last_at: '2026-11-20T10:02:00Z' },
  ],
}
const checks = {
  revision: 1,
  checks: [{ id: 'v', label: 'Version', command: 'dumpsys package x', pattern: '', expect: {} }],
  commands: null,
}

beforeEach(() => {
  localStorage.clear()
  Object.assign(launch, { fault: undefined, busy: false })
  launch.order.mockReset()
  vi.stubGlobal('fetch', async (url: string) =>
    Response.json(url.includes('history') ? history : checks),
  )
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const sim = device('sim0001')
function dock(on: Bench = bench('demo', [sim]), phase = 'connected') {
  const socket = { connection: createStore(() => ({ phase })) } as unknown as Link
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return (
    <MantineProvider>
      <QueryClientProvider client={client}>
        <SocketContext value={socket}>
          <LabContext value={new Lab()}>
            <CommandDock bench={on} device={on.devices[0]!} />
          </LabContext>
        </SocketContext>
      </QueryClientProvider>
    </MantineProvider>
  )
}
const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Command' })
const type = (text: string) => fireEvent.change(field(), { target: { value: text } })
const key = (name: string) => fireEvent.keyDown(field(), { key: name })

test('Enter runs what was typed, and the field is empty once it started', () => {
  render(dock())
  type('uptime')
  key('Enter')
  expect(launch.order).toHaveBeenCalledWith({ command: 'uptime' })
  expect(field().value).toBe('uptime')
  act(() => launch.started?.())
  expect(field().value).toBe('')
})

test('what was refused stays typed, says why and that it was not sent', () => {
  const ui = render(dock())
  type('reboot now')
  key('Enter')
  launch.fault = { code: 'bench_offline', message: 'demo is offline', hint: 'Check its power.' }
  ui.rerender(dock())
  expect(field().value).toBe('reboot now')
  expect(screen.getByText('Not sent')).toBeDefined()
  expect(screen.getByRole('alert').textContent).toContain('will not run later')
  expect(screen.getByRole('alert').textContent).toContain('Check its power.')
  expect(launch.order).toHaveBeenCalledTimes(1)
})

test('what was typed survives a reload and is not sent by it', () => {
  const first = render(dock())
  type('logcat -b all')
  first.unmount()
  render(dock())
  expect(field().value).toBe('logcat -b all')
  expect(launch.order).not.toHaveBeenCalled()
})

test('without a connection it says that what is typed was not sent', () => {
  render(dock(undefined, 'waiting'))
  type('uptime')
  expect(screen.getByText('Not sent')).toBeDefined()
})

test('an offline bench explains itself before one types', () => {
  render(dock(bench('rack', [sim], { state: 'offline', reason: 'No beat for 42 min.' })))
  expect(document.body.textContent).toContain('rack is offline')
  expect(screen.getByText(/No beat for 42 min/)).toBeDefined()
})

test('a device that needs a person says what to do', () => {
  const locked = device('d', { state: 'unauthorized', hint: 'Accept the key prompt' })
  render(dock(bench('demo', [locked])))
  expect(screen.getByText(/Accept the key prompt/)).toBeDefined()
})

test('↑ brings the last command, Escape what was typed', async () => {
  render(dock())
  await screen.findByRole('button', { name: /History/ })
  field().focus()
  await vi.waitFor(() => {
    key('ArrowUp')
    expect(field().value).toBe('dumpsys meminfo')
  })
  key('ArrowUp')
  expect(field().value).toBe('uptime')
  key('ArrowDown')
  expect(field().value).toBe('dumpsys meminfo')
  key('Escape')
  expect(field().value).toBe('')
})

test('↑ that is pressed before the history has come brings the last command when it has', async () => {
  let come = () => {}
  const late = new Promise<void>((resolve) => {
    come = resolve
  })
  vi.stubGlobal('fetch', async (url: string) => {
    if (url.includes('history')) await late
    return Response.json(url.includes('history') ? history : checks)
  })
  render(dock())
  key('ArrowUp')
  expect(field().value).toBe('')
  come()
  await vi.waitFor(() => expect(field().value).toBe('dumpsys meminfo'))
})

test('Tab fills in what stands behind the text, and leaves the field where nothing does', async () => {
  render(dock())
  type('dumpsys m')
  await screen.findByRole('option', { name: /3 times/ })
  key('Tab')
  expect(field().value).toBe('dumpsys meminfo')
  expect(key('Tab')).toBe(true) // not prevented: the focus moves on
})

test('several lines that are pasted are offered to the editor', () => {
  render(dock())
  const clipboardData = { getData: () => 'one\r\ntwo\r\n' }
  fireEvent.paste(field(), { clipboardData })
  expect(screen.getByText('2 lines do not fit a command line.')).toBeDefined()
  expect(screen.getByRole('button', { name: 'Edit as script' })).toBeDefined()
  expect(field().value).toBe('')
})
