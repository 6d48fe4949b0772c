import { parseSearchWith } from '@tanstack/react-router'
import { describe, expect, it } from 'vitest'
import { linkOf, paramsFrom, paramsOf, viewOf } from './address'

const read = parseSearchWith(JSON.parse)

describe('the address of a run', () => {
  it.each([
    ['12', { from: 12, to: 12 }],
    ['12-40', { from: 12, to: 40 }],
    ['40-12', { from: 12, to: 40 }],
    [12, { from: 12, to: 12 }],
    ['0', undefined],
    ['-3', undefined],
    ['12-', undefined],
    ['1e3', undefined],
    ['99999999999999999', undefined],
    [Number.NaN, undefined],
    [{ from: 1 }, undefined],
  ])('L=%s', (L, lines) => {
    expect(viewOf(paramsOf({ L })).lines).toEqual(lines)
  })

  it('comes back as it was written', () => {
    const view = viewOf({
      L: '12-40',
      q: 'get(Root|Leaf)',
      re: 1,
      hide: 'di',
      s: 'err',
      x: 'noise',
      not: 1,
    })
    expect(viewOf(paramsFrom(view))).toEqual(view)
    expect(viewOf(paramsOf(read(new URL(linkOf('r1', view)).search)))).toEqual(view)
  })

  it.each(['12', 'true', '"quoted"', 'a+b & c=d', '[1]', 'null', 'ä 終'])(
    'a search for %s survives the link',
    (text) => {
      const view = viewOf({ q: text })
      expect(viewOf(paramsOf(read(new URL(linkOf('r1', view)).search))).search.text).toBe(text)
    },
  )

  it('leaves out what is usual and what it does not know', () => {
    expect(paramsFrom(viewOf({}))).toEqual({})
    expect(paramsOf({ re: 1, hide: 'zz', s: 'both', L: 'x', nothing: 1, q: { a: 1 } })).toEqual({
      re: 1,
    })
    expect(paramsOf({ q: 'a'.repeat(5000) }).q).toHaveLength(1000)
  })
})
