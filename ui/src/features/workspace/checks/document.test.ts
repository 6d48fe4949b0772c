import { expect, test } from 'vitest'
import { changed, emptyCheck, joined, named, placed, put, without } from './document'

const check = (id: string, label = id) => ({ ...emptyCheck('true'), id, label })
const base = { checks: [check('a'), check('b')], commands: [] }

test('what changed is told by entry', () => {
  expect(changed(base, base).size).toBe(0)
  expect([...changed(base, put(base, 'checks', check('a', 'other')))]).toEqual(['checks.a'])
  expect([...changed(base, without(base, 'checks', 'b'))]).toEqual(['checks.b'])
  expect([...changed(base, put(base, 'commands', { id: 'c', label: '', command: '' }))]).toEqual([
    'commands.c',
  ])
})
test('new entries get ids of their labels when they are saved', () => {
  const fresh = { ...emptyCheck('true'), label: 'A' }
  const { content, ids } = named(put(base, 'checks', fresh))
  expect(content.checks.map((c) => c.id)).toEqual(['a', 'b', 'a-2'])
  expect(ids.get(fresh.id)).toBe('a-2')
})
test('mistakes stand at the field of their entry', () => {
  const found = placed(
    [
      { place: 'checks[1].pattern', message: 'has no named group' },
      { place: 'checks[1].expect.below', message: 'is no number' },
      { place: 'revision', message: 'is missing' },
    ],
    base,
  )
  expect(found.get('checks.b')?.get('pattern')).toBe('has no named group')
  expect(found.get('checks.b')?.get('expect')).toBe('is no number')
  expect(found.get('')?.get('revision')).toBe('is missing')
})
test('both tabs changed the same check: it is asked about, the rest is joined', () => {
  const mine = put(put(base, 'checks', check('a', 'mine')), 'checks', check('b', 'b2'))
  const theirs = put(base, 'checks', check('a', 'theirs'))
  const { content, asked } = joined(base, mine, theirs)
  expect(asked).toMatchObject([{ section: 'checks', id: 'a' }])
  expect(content.checks.map((c) => c.label)).toEqual(['theirs', 'b2'])
})
