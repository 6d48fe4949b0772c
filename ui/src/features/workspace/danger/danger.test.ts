import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dangerOf } from './danger'
import { calls } from './shell'

// The relay judges alike where somebody is at the bench; both read these cases.
const { asks, passes } = JSON.parse(
  readFileSync('../agent/danger/testdata/cases.json', 'utf8'),
) as { asks: string[]; passes: string[] }

describe('dangerOf', () => {
  test.each(asks)('asks before %j', (command) => {
    expect(dangerOf(command)).toBeDefined()
  })
  test.each(passes)('lets pass %j', (command) => {
    expect(dangerOf(command)).toBeUndefined()
  })
  test('names what it would do', () => {
    expect(dangerOf('reboot')?.does).toBe('Reboot device')
    expect(dangerOf('rm -rf /data')?.text).toContain('/data')
  })
  test('ends for a script that nests without end', () => {
    expect(dangerOf('$('.repeat(5000))).toBeUndefined()
    expect(dangerOf(`${'sh -c "'.repeat(200)}reboot`)).toBeUndefined()
  })
})

describe('calls', () => {
  test('gives words without quotes, and where output goes', () => {
    expect(calls(`am start -n "a b"'c' 2>/dev/null > out`)).toEqual([
      { argv: ['am', 'start', '-n', 'a bc'], into: ['/dev/null', 'out'], fed: '' },
    ])
  })
})
