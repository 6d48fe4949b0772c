import { expect, test } from 'vitest'
import type { Device } from '@/shared/wire'
import { actsOf } from './acts'

const kinds = (state: string) => [
  ...new Set(
    actsOf({ state } as Device)
      .flat()
      .map((one) => one.act.kind),
  ),
]

test('what a device can do follows its state', () => {
  expect(kinds('device')).toEqual(['reboot', 'wait', 'logcat', 'root', 'unroot', 'remount'])
  expect(kinds('recovery')).toEqual(['reboot', 'wait', 'root', 'unroot'])
  expect(kinds('sideload')).toEqual(['reboot', 'wait'])
  for (const state of ['offline', 'unauthorized', 'rebooting', 'no permissions (x)'])
    expect(kinds(state)).toEqual(['wait'])
})
test('every offer has an id and words of its own', () => {
  const all = actsOf({ state: 'device' } as Device).flat()
  expect(new Set(all.map((one) => one.id)).size).toBe(all.length)
  expect(new Set(all.map((one) => one.words)).size).toBe(all.length)
})
