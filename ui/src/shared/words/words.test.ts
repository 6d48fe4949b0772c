import { expect, it } from 'vitest'
import { ago, bytes, count, duration, elapsed, sentence, short, time, trip } from '.'

it.each([
  [count(184203), '184,203'],
  [short(9999), '9,999'],
  [short(96_149), '96.1k'],
  [short(1_904_118), '1.9M'],
  [bytes(999), '999 B'],
  [bytes(23_900_000), '23.9 MB'],
  [bytes(999_960), '1.0 MB'],
  [trip(0.4), '< 1 ms'],
  [trip(13.6), '14 ms'],
  [trip(1240), '1.2 s'],
  [duration(0), '< 1 ms'],
  [duration(38), '38 ms'],
  [duration(410), '0.41 s'],
  [duration(12_340), '12.3 s'],
  [duration(761_000), '12:41'],
  [duration(59_960), '0:59'],
  [elapsed(48_000), '0:48'],
  [elapsed(21_731_000), '6:02:11'],
  [sentence('the spool was full'), 'The spool was full.'],
  [sentence('Look at it.'), 'Look at it.'],
  [sentence('ic4c2440a0102 is unauthorized'), 'ic4c2440a0102 is unauthorized.'],
  [sentence('rack-b4 is offline'), 'rack-b4 is offline.'],
])('%s', (got, want) => expect(got).toBe(want))

it('writes times by their distance', () => {
  const now = new Date(2026, 10, 21, 10, 24, 12)
  expect(time(now, now)).toBe('10:24:12')
  expect(time(new Date(2026, 10, 20, 9, 5), now)).toBe('20 Nov 09:05')
  expect(ago(new Date(2026, 10, 21, 10, 18), now)).toBe('6 min ago')
  expect(ago(new Date(2026, 10, 20, 23, 0), now)).toBe('yesterday')
  expect(ago(new Date(2026, 10, 18), now)).toBe('18 Nov')
})
