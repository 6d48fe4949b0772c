import { expect, test } from 'vitest'
import { expectation, isExpected, tryOn } from './tryout'

const text = 'Packages:\n  versionCode=7\n  versionName=24.46.3 minSdk=30\r\n'

test('the first line that matches gives the value and its place', () => {
  const tried = tryOn('versionName=(?<version>\\S+)', { is: '24.46.3' }, text)
  expect(tried).toEqual({
    is: 'found',
    line: 3,
    matched: 'versionName=24.46.3',
    from: 12,
    to: 19,
    value: '24.46.3',
    passes: true,
  })
})
test('a group is written as in Go too, with flags at the head', () => {
  expect(tryOn('(?i)VERSIONNAME=(?P<v>\\S+)', {}, text)).toMatchObject({ value: '24.46.3' })
})
test('no line matches', () => {
  expect(tryOn('gone=(?<v>.)', {}, text)).toEqual({ is: 'none' })
})
test('a pattern without a group says so, one that does not parse too', () => {
  expect(tryOn('versionName=', {}, text)).toMatchObject({
    is: 'fault',
    message: expect.stringContaining('named group'),
  })
  expect(tryOn('(?<v>', {}, text)).toMatchObject({ is: 'fault' })
})
test('values are compared as told', () => {
  expect(isExpected('94', { below: 90 })).toBe(false)
  expect(isExpected('94', { above: 90 })).toBe(true)
  expect(isExpected('9', { below: 10 })).toBe(true)
  expect(isExpected('', { below: 10 })).toBe(false)
  expect(isExpected('x', { not: 'y' })).toBe(true)
  expect(isExpected('24.46.3', { matches: '^24\\.' })).toBe(true)
  expect(isExpected('1', { matches: '(' })).toBe(false)
  expect(isExpected('', {})).toBe(true)
  expect(expectation({ below: 90 })).toBe('below 90')
})
