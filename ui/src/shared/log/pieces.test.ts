import { describe, expect, it } from 'vitest'
import { dress } from './ansi'
import type { LineRow } from './lines'
import { pieces } from './pieces'

const row = (text: string, more: Partial<LineRow> = {}): LineRow => ({
  kind: 'line',
  n: 1,
  at: 0,
  stream: 'out',
  level: 'plain',
  goesOn: false,
  ...dress(text),
  ...more,
})

describe('pieces', () => {
  it('shows what would be unseen, or would turn its neighbours around, as signs', () => {
    expect(pieces(row('a\u202eb\u200bc'), 100)).toEqual([
      { text: 'a' },
      { text: '‹U+202E›', isSign: true },
      { text: 'b' },
      { text: '‹U+200B›', isSign: true },
      { text: 'c' },
    ])
  })

  it('shows halves of surrogate pairs, and leaves pairs alone', () => {
    expect(pieces(row('\ud83d\ude00\ud800x\udc00'), 100).map((p) => p.text)).toEqual([
      '😀',
      '‹U+D800›',
      'x',
      '‹U+DC00›',
    ])
  })

  it('cuts at hits and faces, and keeps the whole text', () => {
    const red = row('\u001b[31mabcd\u001b[0mefgh', { hits: [[2, 6]] })
    expect(pieces(red, 100)).toEqual([
      { text: 'ab', face: { fg: 1 } },
      { text: 'cd', face: { fg: 1 }, isHit: true },
      { text: 'ef', isHit: true },
      { text: 'gh' },
    ])
    expect(pieces(red, 3).map((p) => p.text)).toEqual(['ab', 'c'])
  })
})
