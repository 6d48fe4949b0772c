import { expect, test } from 'vitest'
import { initials, listed, meFirst } from './people'

test('initials are two letters, of two words or of one', () => {
  expect(initials('Ada Lovelace')).toBe('al')
  expect(initials('mk')).toBe('mk')
  expect(initials('jonas.lind')).toBe('jl')
  expect(initials('  ')).toBe('?')
  expect(initials('👩‍🚀 👨‍👩‍👧')).toBe('👩‍🚀👨‍👩‍👧')
})

test('names are listed as one would say them', () => {
  expect(listed([])).toBe('')
  expect(listed(['Ada'])).toBe('Ada')
  expect(listed(['you', 'Ada'])).toBe('you and Ada')
  expect(listed(['you', 'Ada', 'Grace'])).toBe('you, Ada and Grace')
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 others')
})

test('oneself stands first', () => {
  const people = ['a', 'b', 'c'].map((id) => ({ id, name: id }))
  expect(meFirst(people, 'c').map((p) => p.id)).toEqual(['c', 'a', 'b'])
})
