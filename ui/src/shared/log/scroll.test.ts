import { describe, expect, it } from 'vitest'
import { Scroll, tallest } from './scroll'

const row = 20
const view = 600

describe('a log that fits into an element', () => {
  it('goes by pixels', () => {
    const s = new Scroll()
    s.resize(10_000 * row, view)
    s.moved(1234)
    expect(s.top).toBe(1234)
    s.moved(10_000 * row - view)
    expect(s.atEnd).toBe(true)
  })
})

describe('a log beyond the tallest element', () => {
  const whole = 5_000_000 * row
  const made = () => {
    const s = new Scroll()
    s.resize(whole, view)
    return s
  }

  it('is never taller than a browser bears', () => {
    expect(made().height).toBe(tallest)
    expect(tallest).toBeLessThanOrEqual(17_000_000)
  })

  it('reaches both ends', () => {
    const s = made()
    s.moved(tallest - view)
    expect(s.top).toBe(whole - view)
    expect(s.atEnd).toBe(true)
    s.moved(0)
    expect(s.top).toBe(0)
  })

  it('moves by pixels for small steps, by proportion for jumps', () => {
    const s = made()
    s.moved(8_000_000)
    expect(s.top / whole).toBeCloseTo(0.5, 2)
    const before = s.top
    s.moved(8_000_100)
    expect(s.top).toBe(before + 100)
  })

  it('puts the scrollbar where the rows are', () => {
    const s = made()
    s.to(whole * 0.25)
    expect(s.place / tallest).toBeCloseTo(0.25, 3)
    s.settled(s.place)
    s.moved(s.place)
    expect(s.top).toBe(whole * 0.25)
  })
})
