import { expect, test } from 'vitest'
import { legible } from './legible'

test.each([
  ['hil-07', 'hil-07'],
  ['HU5 Höger 🚗 中', 'HU5 Höger 🚗 中'],
  ['hil\u200b-07', 'hil‹U+200B›-07'],
  ['\u202egnp.exe', '‹U+202E›gnp.exe'],
  ['\u001b]0;title\u0007', '‹U+001B›]0;title‹U+0007›'],
  ['half \ud800 of a pair', 'half ‹U+D800› of a pair'],
  ['two\nlines', 'two‹U+000A›lines'],
])('%j is written as %s', (text, shown) => {
  expect(legible(text)).toBe(shown)
})
