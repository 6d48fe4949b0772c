import { expect, test } from 'vitest'
import { movedTo, remember } from './seen'
import { bench, device } from './testing'

test('a bench that was renamed is found by its devices', () => {
  remember(bench('old-name', [device('sim0001')]))
  const now = bench('new-name', [device('sim0001')])
  expect(movedTo('old-name', [bench('other', [device('sim0009')]), now])).toBe(now)
  expect(movedTo('never-seen', [now])).toBeUndefined()
})
