import { describe, expect, it } from 'vitest'
import { type Ignored, keyOf } from './ignore'
import { marks } from './marks'

const none = new Set<Ignored>()
const heads = new Set<Ignored>(['times', 'pids'])
const cut = (s: string, ranges: [number, number][]) => ranges.map(([x, y]) => s.slice(x, y))

describe('words that changed', () => {
  it('are marked on either side', () => {
    const [a, b] = ['[ro.build.id]: [UQ1A.240205.001]', '[ro.build.id]: [UQ1A.240205.002]']
    const found = marks(a, b, none)
    expect(cut(a, found.a)).toEqual(['001'])
    expect(cut(b, found.b)).toEqual(['002'])
  })

  it('one character apart are one mark', () => {
    const [a, b] = ['v 24.40.9 end', 'v 24.46.3 end']
    expect(cut(a, marks(a, b, none).a)).toEqual(['40.9'])
  })

  it('of very long lines are the middle that differs', () => {
    const [a, b] = [`${'x '.repeat(9000)}1 z`, `${'x '.repeat(9000)}22 z`]
    expect(cut(b, marks(a, b, none).b)).toEqual(['22'])
  })

  it('leave out what is ignored', () => {
    const a = '11-21 10:13:58.123  1423  1611 I Car: on'
    const b = '11-21 10:14:09.001  1500  1702 I Car: off'
    expect(cut(a, marks(a, b, heads).a)).toEqual(['on'])
  })
})

describe('what is ignored', () => {
  it('is the head of a logcat line', () => {
    const a = '11-21 10:13:58.123  1423  1611 I Car: on'
    const b = '11-21 10:14:09.001  9999     1 I Car: on'
    expect(keyOf(a, heads)).toBe(keyOf(b, heads))
    expect(keyOf(a, none)).not.toBe(keyOf(b, none))
    expect(keyOf(a, new Set(['times']))).not.toBe(keyOf(b, new Set(['times'])))
  })

  it('is the head of other logs', () => {
    const alike: [string, string][] = [
      ['I/Car( 1423): on', 'I/Car(   99): on'],
      ['[   12.345678] usb 1-1', '[   99.000001] usb 1-1'],
      ['2026-11-21T10:13:58Z up', '2026-11-22T01:00:00.123Z up'],
      ['[Sat Nov 21 10:13:58 2026] usb', '[Sun Nov 22 00:00:00 2026] usb'],
    ]
    for (const [a, b] of alike) expect(keyOf(a, heads)).toBe(keyOf(b, heads))
  })

  it('is no time further on in the line', () => {
    const [a, b] = ['[ro.build.date]: [03:11:40]', '[ro.build.date]: [02:58:07]']
    expect(keyOf(a, heads)).not.toBe(keyOf(b, heads))
  })

  it('is an address anywhere', () => {
    const addresses = new Set<Ignored>(['addresses'])
    expect(keyOf('at 0x7f01 in', addresses)).toBe(keyOf('at 0x7fff in', addresses))
  })
})
