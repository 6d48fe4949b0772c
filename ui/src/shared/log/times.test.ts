import { expect, it } from 'vitest'
import { delta, relative } from './times'

it.each([
  [0, '00:00.000', '+0.000'],
  [4, '00:00.004', '+0.004'],
  [61_005, '01:01.005', '+1:01.005'],
  [3_600_000, '1:00:00.000', '+60:00.000'],
  [-5, '00:00.000', '−0.005'],
])('%s ms', (ms, fromStart, fromAbove) => {
  expect(relative(ms)).toBe(fromStart)
  expect(delta(ms)).toBe(fromAbove)
})
