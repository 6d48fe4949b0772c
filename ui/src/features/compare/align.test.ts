import { describe, expect, it } from 'vitest'
import { align, type Bounds, changed, countsOf, equal, onlyA, onlyB, type Rows } from './align'
import { similarity } from './pair'
import { itemAt, placeOf, placesOf, viewOf } from './view'

const forever: Bounds = { until: Number.POSITIVE_INFINITY, now: () => 0 }

function compare(a: string[], b: string[], bounds = forever) {
  const numbers = new Map<string, number>()
  const number = (line: string) => {
    if (!numbers.has(line)) numbers.set(line, numbers.size)
    return numbers.get(line)!
  }
  const ka = Int32Array.from(a, number)
  const kb = Int32Array.from(b, number)
  return align(
    ka,
    kb,
    similarity(
      (i) => a[i]!,
      (j) => b[j]!,
    ),
    bounds,
  )
}

const shown = (rows: Rows, a: string[], b: string[]) =>
  Array.from(rows.kind, (k, i) =>
    k === equal
      ? `= ${a[rows.a[i]!]}`
      : k === changed
        ? `≠ ${a[rows.a[i]!]} | ${b[rows.b[i]!]}`
        : k === onlyA
          ? `− ${a[rows.a[i]!]}`
          : `+ ${b[rows.b[i]!]}`,
  )

// every line of both sides stands in one row, in order, and equal rows are equal
function holds(rows: Rows, a: string[], b: string[]) {
  const at = (side: Int32Array) => Array.from(side).filter((n) => n >= 0)
  expect(at(rows.a)).toEqual(a.map((_, i) => i))
  expect(at(rows.b)).toEqual(b.map((_, i) => i))
  rows.kind.forEach((k, i) => {
    if (k === equal) expect(a[rows.a[i]!]).toBe(b[rows.b[i]!])
    expect(rows.a[i]! < 0).toBe(k === onlyB)
    expect(rows.b[i]! < 0).toBe(k === onlyA)
  })
  const c = countsOf(rows)
  expect(c.changed + c.onlyA + c.equal).toBe(a.length)
  expect(c.changed + c.onlyB + c.equal).toBe(b.length)
}

// a small generator, so that a failure can be repeated
function dice(seed: number) {
  let s = seed
  return (below: number) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return Math.floor((s / 2 ** 32) * below)
  }
}

describe('aligning two runs', () => {
  it('pairs a property with the same property', () => {
    const a = ['[ro.a]: [1]', '[ro.dcm.legacy]: [true]', '[ro.dcm.version]: [24.40.9]', '[z]: [1]']
    const b = ['[ro.a]: [1]', '[ro.dcm.version]: [24.46.3]', '[ro.spatial]: [1]', '[z]: [1]']
    expect(shown(compare(a, b), a, b)).toEqual([
      '= [ro.a]: [1]',
      '− [ro.dcm.legacy]: [true]',
      '≠ [ro.dcm.version]: [24.40.9] | [ro.dcm.version]: [24.46.3]',
      '+ [ro.spatial]: [1]',
      '= [z]: [1]',
    ])
  })

  it('adds up, whatever is compared', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = dice(seed)
      const words = 1 + random(40)
      const side = () =>
        Array.from({ length: random(60) }, () => `line ${random(words)} of ${random(3)}`)
      const [a, b] = [side(), side()]
      holds(compare(a, b), a, b)
    }
  })

  it('adds up when its time is over', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = dice(seed)
      const side = () => Array.from({ length: random(80) }, () => `l${random(30)}`)
      const [a, b] = [side(), side()]
      let asked = 0
      const rows = compare(a, b, { until: 2, now: () => asked++ / 2 })
      holds(rows, a, b)
    }
  })

  it('compares 100,000 lines with a hundred edits in good time', () => {
    const random = dice(7)
    const a = Array.from({ length: 100_000 }, (_, i) => `event ${i % 9973} of ${random(50)}`)
    const b = [...a]
    for (let i = 0; i < 100; i++) {
      const at = random(b.length)
      if (i % 3 === 0) b.splice(at, 1)
      else if (i % 3 === 1) b.splice(at, 0, `new ${i}`)
      else b[at] = `changed ${i}`
    }
    const rows = compare(a, b)
    const c = countsOf(rows)
    expect(c.changed + c.onlyA + c.equal).toBe(a.length)
    expect(c.changed + c.onlyB + c.equal).toBe(b.length)
    expect(c.changed + c.onlyA + c.onlyB).toBeLessThan(200)
    expect(rows.isRough).toBe(false)
  })
})

describe('aligning long runs', () => {
  it('finds its way by lines that stand once', () => {
    const random = dice(3)
    const a = Array.from({ length: 60_000 }, (_, i) => `line ${i}`)
    const b = a.map((line) => (random(10) === 0 ? `${line} new` : line))
    const parts: number[] = []
    const rows = compare(a, b, { ...forever, progress: (part: number) => parts.push(part) })
    const c = countsOf(rows)
    expect(c.onlyA + c.onlyB).toBe(0)
    expect(c.changed).toBe(b.filter((line) => line.endsWith('new')).length)
    expect(rows.isRough).toBe(false)
    expect(Math.max(...parts)).toBeLessThanOrEqual(1)
  })

  it('ends in time where nothing is alike', () => {
    const side = (name: string) => Array.from({ length: 20_000 }, (_, i) => `${name} ${i % 300}`)
    const [a, b] = [side('a'), side('b')]
    const rows = compare(a, b)
    const c = countsOf(rows)
    expect([c.equal, c.changed + c.onlyA, c.changed + c.onlyB]).toEqual([0, 20_000, 20_000])
  })
})

describe('the view of a comparison', () => {
  const a = Array.from({ length: 50 }, (_, i) => `x${i}`)
  const b = a.map((line, i) => (i === 20 || i === 21 || i === 40 ? `${line} new` : line))
  const rows = compare(a, b)

  it('folds long equal stretches and opens them', () => {
    const view = viewOf(rows, () => false)
    expect(itemAt(view, 0)).toEqual({ fold: { from: 0, count: 17 } })
    expect(itemAt(view, 1)).toEqual({ row: 17 })
    const opened = viewOf(rows, (from) => from === 0)
    expect(itemAt(opened, 0)).toEqual({ row: 0 })
    expect(opened.length).toBe(view.length + 16)
  })

  it('finds every row again', () => {
    const view = viewOf(rows, () => false)
    for (let i = 0; i < view.length; i++) {
      const item = itemAt(view, i)
      expect(placeOf(view, 'row' in item ? item.row : item.fold.from)).toBe(i)
    }
  })

  it('steps by stretches and counts rows', () => {
    const places = placesOf(rows)
    expect(places.map((p) => p.before)).toEqual(places.map((_, i) => places[i]!.before))
    expect(places.reduce((n, p) => n + p.count, 0)).toBe(
      Array.from(rows.kind).filter((k) => k !== equal).length,
    )
  })
})
