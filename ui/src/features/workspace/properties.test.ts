import { expect, test } from 'vitest'
import { matching, ordered, parse } from './properties'

test('getprop is read, values of several lines and with brackets too', () => {
  const text = '[a.b]: [1]\r\n[empty]: []\n[two]: [first\nsecond]\n[odd]: [x]: [y]]\n'
  expect(parse(text)).toEqual([
    { name: 'a.b', value: '1' },
    { name: 'empty', value: '' },
    { name: 'two', value: 'first\nsecond' },
    { name: 'odd', value: 'x]: [y]' },
  ])
  expect(parse('no properties at all')).toEqual([])
})
test('names and values are searched, every word of it', () => {
  const all = parse('[ro.product.model]: [HU5 High]\n[ro.serialno]: [HU5H]\n')
  expect(matching(all, 'hu5').length).toBe(2)
  expect(matching(all, 'model high').map((p) => p.name)).toEqual(['ro.product.model'])
  expect(matching(all, '')).toEqual(all)
})
test('what identifies the device comes first', () => {
  const all = parse('[a]: [1]\n[ro.serialno]: [2]\n[ro.build.fingerprint]: [3]\n')
  expect(ordered(all).map((p) => p.name)).toEqual(['ro.build.fingerprint', 'ro.serialno', 'a'])
})
