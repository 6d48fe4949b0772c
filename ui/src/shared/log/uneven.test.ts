import { describe, expect, it } from 'vitest'
import { tallest } from './scroll'
import { Uneven } from './uneven'

const view = 600
const heights = (row: number) => 20 * (1 + (row % 5))

const made = (rows: number) => {
  const u = new Uneven(heights)
  u.resize(rows, view, 20)
  return u
}
// wheel moves the element as a browser would.
const wheel = (u: Uneven, by: number) => {
  const before = Math.min(u.place, u.height - view)
  u.settled(before)
  u.moved(Math.max(0, Math.min(before + by, u.height - view)))
}

describe('a wrapped log', () => {
  it('begins at its end and leaves it by exactly the pixels moved', () => {
    const u = made(1000)
    expect(u.atEnd).toBe(true)
    wheel(u, -30)
    expect(u.atEnd).toBe(false)
    let below = -u.off
    for (let row = u.row; row < 1000; row++) below += heights(row)
    expect(below).toBe(view + 30)
  })

  it('goes back to its end by the same way', () => {
    const u = made(1000)
    wheel(u, -300)
    wheel(u, 300)
    expect(u.atEnd).toBe(true)
  })

  it('passes every row when moved by small steps from top to end', () => {
    const u = made(3000)
    u.toRow(0)
    let steps = 0
    const seen = new Set<number>()
    while (!u.atEnd && steps++ < 5000) {
      const before = u.row
      wheel(u, 120)
      if (!u.atEnd) {
        expect(u.row).toBeGreaterThanOrEqual(before)
        expect(u.row - before).toBeLessThanOrEqual(6)
        seen.add(u.row)
      }
    }
    expect(steps).toBeGreaterThan(1400)
  })

  it('jumps by proportion and reaches the first row', () => {
    const u = made(100_000)
    u.moved((u.height - view) / 2)
    expect(u.row / 100_000).toBeCloseTo(0.5, 1)
    u.moved(0)
    expect([u.row, u.off]).toEqual([0, 0])
    expect(u.place).toBe(0)
  })

  it('is never taller than a browser bears, and not tall where all rows fit', () => {
    expect(made(5_000_000).height).toBe(tallest)
    const u = made(3)
    expect(u.height).toBe(view)
    u.by(-100)
    expect(u.atEnd).toBe(true)
  })

  it('puts a row into the middle', () => {
    const u = made(1000)
    u.toRow(500, 300)
    let above = -u.off
    for (let row = u.row; row < 500; row++) above += heights(row)
    expect(above).toBe(300)
  })

  it('stays in the log when a filter leaves fewer rows', () => {
    const u = made(1000)
    u.toRow(500)
    u.resize(10, view, 20)
    expect(u.atEnd).toBe(true)
  })
})
