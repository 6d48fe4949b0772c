import { describe, expect, test } from 'vitest'
import { idFor, merge, same, settle } from './merge'

type E = { id: string; v: number; w?: number }
const e = (id: string, v: number): E => ({ id, v })

describe('merge', () => {
  const base = [e('a', 1), e('b', 1), e('c', 1)]

  test('changes of different entries come together without a question', () => {
    const mine = [e('a', 2), e('b', 1), e('c', 1)]
    const theirs = [e('a', 1), e('b', 3), e('c', 1), e('d', 1)]
    const { entries, conflicts } = merge(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect(entries).toEqual([e('a', 2), e('b', 3), e('c', 1), e('d', 1)])
  })
  test('both changed one entry: both versions are there', () => {
    const { conflicts, entries } = merge(
      base,
      [e('a', 2), ...base.slice(1)],
      [e('a', 3), ...base.slice(1)],
    )
    expect(conflicts).toEqual([{ id: 'a', mine: e('a', 2), theirs: e('a', 3) }])
    expect(settle(entries, 'a', e('a', 2))).toEqual([e('a', 2), e('b', 1), e('c', 1)])
  })
  test('the same change on both sides is none', () => {
    const both = [e('a', 2), ...base.slice(1)]
    expect(merge(base, both, structuredClone(both)).conflicts).toEqual([])
  })
  test('removed here, changed there is a conflict, either way round', () => {
    const less = base.slice(1)
    const changed = [e('a', 9), ...base.slice(1)]
    expect(merge(base, less, changed).conflicts).toEqual([
      { id: 'a', mine: undefined, theirs: e('a', 9) },
    ])
    const other = merge(base, changed, less)
    expect(other.conflicts).toEqual([{ id: 'a', mine: e('a', 9), theirs: undefined }])
    expect(settle(other.entries, 'a', e('a', 9))).toContainEqual(e('a', 9))
    expect(settle(other.entries, 'a', undefined)).toEqual(less)
  })
  test('removed on one side alone stays removed', () => {
    expect(merge(base, base.slice(1), base).entries).toEqual(base.slice(1))
    expect(merge(base, base, base.slice(1)).entries).toEqual(base.slice(1))
  })
  test('two new entries under one id are both kept', () => {
    const { entries, conflicts } = merge([], [e('new', 1)], [e('new', 2)])
    expect(conflicts).toEqual([])
    expect(entries).toEqual([e('new', 2), { id: 'new-2', v: 1 }])
  })
  test('nothing is ever lost: every entry of either side is kept or asked about', () => {
    const pick = (n: number) => Array.from({ length: 6 }, (_, i) => (n >> (2 * i)) & 3)
    for (let n = 0; n < 4096; n += 7) {
      const mine: E[] = []
      const theirs: E[] = []
      for (const [i, kind] of pick(n).entries()) {
        const id = `x${i}`
        if (kind !== 1) mine.push(e(id, kind === 3 ? 5 : 1))
        if (kind !== 2) theirs.push(e(id, kind === 3 ? 6 : 1))
      }
      const { entries, conflicts } = merge([], mine, theirs)
      const all = [...entries, ...conflicts.flatMap((c) => [c.mine, c.theirs])]
      for (const one of [...mine, ...theirs]) expect(all.some((a) => a?.v === one.v)).toBe(true)
    }
  })
})

test('an absent field is an undefined one, and the order of fields is none', () => {
  expect(same({ id: 'a', v: 1, w: undefined }, { v: 1, id: 'a' })).toBe(true)
  expect(same({ id: 'a', v: [1, 2] }, { id: 'a', v: [2, 1] })).toBe(false)
  expect(same(undefined, undefined)).toBe(true)
})

test('an id comes from the label and is free', () => {
  expect(idFor('Version check', new Set())).toBe('version-check')
  expect(idFor('Version check', new Set(['version-check']))).toBe('version-check-2')
  expect(idFor('ÄÖ', new Set())).toBe('a-o')
  expect(idFor('检查', new Set(['check']))).toBe('check-2')
  const long = 'a'.repeat(40)
  expect(idFor(long, new Set(['a'.repeat(32)]))).toHaveLength(32)
})
