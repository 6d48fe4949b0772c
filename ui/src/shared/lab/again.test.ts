import { beforeEach, expect, test, vi } from 'vitest'
import { asked } from '@/shared/confirm/confirm'
import type { Run } from '@/shared/wire'
import { mayRunAgain, orderAgain } from './again'

const getJSON = vi.hoisted(() => vi.fn())
vi.mock('@/shared/query', () => ({ getJSON }))
beforeEach(() => getJSON.mockReset())

const run = (more: Partial<Run>) =>
  ({ id: 'r1', bench: 'demo', device: 'sim0001', command: 'id', timeout_s: 60, ...more }) as Run
const on = { bench: 'demo', device: 'sim0001', timeout_s: 60 }

test('an act is asked for as an act, never as its words', async () => {
  const act = { kind: 'reboot', wait: true } as const
  expect(await orderAgain(run({ command: 'adb reboot', act }))).toEqual({ ...on, act })
})
test('a command that a list cut is asked for whole', async () => {
  const whole = 'x'.repeat(500)
  getJSON.mockResolvedValue({ command: whole })
  expect(await orderAgain(run({ command: whole.slice(0, 200) }))).toEqual({ ...on, command: whole })
  expect(await orderAgain(run({}))).toEqual({ ...on, command: 'id' })
})
test('a reboot is asked about, other runs are not', async () => {
  expect(await mayRunAgain(run({ act: { kind: 'wait' } }))).toBe(true)
  const answer = mayRunAgain(run({ command: 'adb reboot', act: { kind: 'reboot' } }))
  asked.getState().now?.answer(false)
  expect(await answer).toBe(false)
})
