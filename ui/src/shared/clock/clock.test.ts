import { afterEach, expect, test, vi } from 'vitest'
import { clock, heardDate, relayNow } from '.'

afterEach(() => {
  vi.useRealTimers()
  clock.setState({ off: 0 })
})

const at = Date.parse('2026-11-21T10:00:00Z')
const dateOf = (ms: number) => new Date(ms).toUTCString()

test('a clock that is right, or nearly, is left alone', () => {
  heardDate(dateOf(at), at, at + 40)
  heardDate(dateOf(at), at + 4_000, at + 4_040)
  heardDate('no date', at, at)
  heardDate(null, at, at)
  expect(clock.getState().off).toBe(0)
})

test.each([3_600_000, -90_000])('a clock that is off by %i ms is corrected by it', (off) => {
  vi.useFakeTimers({ now: at + off })
  heardDate(dateOf(at), at + off, at + off + 40)
  expect(Math.abs(relayNow() - at)).toBeLessThan(600)
})

test('it holds still while measured again, and ends when the clock is set', () => {
  heardDate(dateOf(at), at + 60_000, at + 60_000)
  const { off } = clock.getState()
  heardDate(dateOf(at + 1000), at + 61_400, at + 61_400)
  expect(clock.getState().off).toBe(off)
  heardDate(dateOf(at + 2000), at + 2100, at + 2200)
  expect(clock.getState().off).toBe(0)
})

test('an answer that took long proves nothing about seconds', () => {
  heardDate(dateOf(at), at, at + 14_000)
  expect(clock.getState().off).toBe(0)
})
