import { describe, expect, it } from 'vitest'
import { Segment } from './segment'

const esc = '\u001b'
const red = { fg: 1 }
const bold = { bold: true }
const long = 'x'.repeat(70_000)
const raw = [
  `${esc}[31mred${esc}[0m plain ${esc}[1mbold${esc}[31mboth`,
  'plain',
  '',
  `${esc}[1m${esc}[0m`,
  `${long}${esc}[31mfar${esc}[0m`,
]
const faces = [
  [
    [0, 3, red],
    [10, 14, bold],
    [14, 18, { bold: true, fg: 1 }],
  ],
  undefined,
  undefined,
  undefined,
  [[70_000, 70_003, red]],
]
const columns = { text: raw, at: [5, 6, 6, 9, 9], mark: [0, 0, 0, 0, 0] }

describe('a segment', () => {
  const filled = () => {
    const segment = new Segment(7)
    for (const text of raw) segment.add(text, 0, 0)
    return segment
  }
  const seen = (segment: Segment) => raw.map((_, i) => segment.row(i).faces)

  it('knows the faces of its lines while lines are added, and once sealed', () => {
    const segment = filled()
    expect(seen(segment)).toEqual(faces)
    segment.seal()
    expect(seen(segment)).toEqual(faces)
    expect(segment.textOf(0)).toBe('red plain boldboth')
    expect(segment.row(4).n).toBe(11)
  })

  it('has them again when its text was dropped and put back', () => {
    const segment = filled()
    segment.seal()
    const { bytes } = segment
    segment.drop()
    expect(segment.hasText).toBe(false)
    expect(segment.bytes).toBe(0)
    expect(segment.restore(columns)).toBe(true)
    expect(seen(segment)).toEqual(faces)
    expect(segment.bytes).toBe(bytes)
    expect(segment.restore({ text: [], at: [], mark: [] })).toBe(false)
  })
})
