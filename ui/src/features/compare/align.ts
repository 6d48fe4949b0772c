// Two runs' lines side by side: which are equal, which changed, which stand on
// one side alone. Pure; lines are numbers here, equal lines have equal numbers.
import { diffArrays } from 'diff'
import { pair, type Similar } from './pair'

export const equal = 0
export const changed = 1
export const onlyA = 2
export const onlyB = 3

// Rows in columns: row i shows line a[i] of A beside line b[i] of B, each
// counted from 0, -1 where that side is absent.
export type Rows = { kind: Uint8Array; a: Int32Array; b: Int32Array }
export type Aligned = Rows & { isRough: boolean }

export type Bounds = {
  until: number // a moment of `now`: what is not aligned by then is shown as changed
  now: () => number
  progress?: (part: number) => void
}

type Span = [a0: number, a1: number, b0: number, b1: number]

const small = 8192 // lines of both sides that are tried without anchors
const edits = 1500 // differences that are searched for exactly in one span

export function align(a: Int32Array, b: Int32Array, similar: Similar, bounds: Bounds): Aligned {
  const match = new Int32Array(a.length).fill(-1)
  const open: Span[] = [[0, a.length, 0, b.length]]
  let isRough = false
  let settled = 0 // lines of A
  for (let span = open.pop(); span; span = open.pop()) {
    const [a0, a1, b0, b1] = trim(a, b, span, match)
    settled += span[1] - span[0]
    bounds.progress?.(settled / Math.max(1, a.length))
    if (a0 === a1 || b0 === b1) continue
    const lines = a1 - a0 + b1 - b0
    if (lines <= small && exact(a, b, [a0, a1, b0, b1], match, bounds)) continue
    if (bounds.now() >= bounds.until) {
      isRough = true
      continue
    }
    const anchors = anchorsOf(a, b, [a0, a1, b0, b1])
    if (anchors.length > 0) {
      settled -= a1 - a0 - anchors.length
      let [fromA, fromB] = [a0, b0]
      for (const [i, j] of anchors) {
        match[i] = j
        if (fromA < i && fromB < j) open.push([fromA, i, fromB, j])
        else settled += i - fromA
        fromA = i + 1
        fromB = j + 1
      }
      open.push([fromA, a1, fromB, b1])
    } else if (lines <= small || !exact(a, b, [a0, a1, b0, b1], match, bounds)) {
      isRough = true
    }
  }
  return { ...rowsOf(match, b.length, similar, bounds), isRough }
}

// trim settles what both begin and end with.
function trim(a: Int32Array, b: Int32Array, span: Span, match: Int32Array): Span {
  let [a0, a1, b0, b1] = span
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) match[a0++] = b0++
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) match[--a1] = --b1
  return [a0, a1, b0, b1]
}

// exact finds the fewest differences, unless there are too many to search.
function exact(
  a: Int32Array,
  b: Int32Array,
  [a0, a1, b0, b1]: Span,
  match: Int32Array,
  bounds: Bounds,
): boolean {
  const timeout = bounds.until - bounds.now()
  if (timeout <= 0) return false
  const changes = diffArrays(Array.from(a.subarray(a0, a1)), Array.from(b.subarray(b0, b1)), {
    timeout: Math.min(timeout, 2000),
    maxEditLength: edits,
  })
  if (!changes) return false
  let [i, j] = [a0, b0]
  for (const { added, removed, count } of changes) {
    if (removed) i += count
    else if (added) j += count
    else for (let k = 0; k < count; k++) match[i++] = j++
  }
  return true
}

// anchorsOf is lines that stand once on either side of the span, as many as
// keep their order.
function anchorsOf(a: Int32Array, b: Int32Array, [a0, a1, b0, b1]: Span): [number, number][] {
  const inB = once(b, b0, b1)
  const pairs: [number, number][] = []
  for (const [line, i] of once(a, a0, a1)) {
    const j = inB.get(line)
    if (i >= 0 && j !== undefined && j >= 0) pairs.push([i, j])
  }
  pairs.sort((p, q) => p[0] - q[0])
  return rising(pairs)
}

// once maps a line to its place, -1 where it stands there more than once.
function once(lines: Int32Array, from: number, to: number): Map<number, number> {
  const found = new Map<number, number>()
  for (let i = from; i < to; i++) found.set(lines[i]!, found.has(lines[i]!) ? -1 : i)
  return found
}

// rising is the longest part of the pairs in which both places grow.
function rising(pairs: [number, number][]): [number, number][] {
  const ends: number[] = [] // ends[k]: the pair that ends the best part of k + 1 pairs
  const before = new Int32Array(pairs.length).fill(-1)
  for (let p = 0; p < pairs.length; p++) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (pairs[ends[middle]!]![1] < pairs[p]![1]) low = middle + 1
      else high = middle
    }
    before[p] = low > 0 ? ends[low - 1]! : -1
    ends[low] = p
  }
  const found: [number, number][] = []
  for (let p = ends.at(-1) ?? -1; p >= 0; p = before[p]!) found.push(pairs[p]!)
  return found.reverse()
}

function rowsOf(match: Int32Array, bLength: number, similar: Similar, bounds: Bounds): Rows {
  const most = match.length + bLength
  const rows = {
    kind: new Uint8Array(most),
    a: new Int32Array(most),
    b: new Int32Array(most),
  }
  let n = 0
  const add = (kind: number, a: number, b: number) => {
    rows.kind[n] = kind
    rows.a[n] = a
    rows.b[n++] = b
  }
  let [i, j] = [0, 0]
  while (i < match.length || j < bLength) {
    let nextA = i
    while (nextA < match.length && match[nextA]! < 0) nextA++
    const nextB = nextA < match.length ? match[nextA]! : bLength
    const isInTime = bounds.now() < bounds.until
    for (const [x, y] of pair(i, nextA, j, nextB, isInTime ? similar : undefined)) {
      add(x < 0 ? onlyB : y < 0 ? onlyA : changed, x, y)
    }
    if (nextA < match.length) add(equal, nextA, nextB)
    i = nextA + 1
    j = nextB + 1
  }
  return { kind: rows.kind.slice(0, n), a: rows.a.slice(0, n), b: rows.b.slice(0, n) }
}

export type Counts = { changed: number; onlyA: number; onlyB: number; equal: number }

export function countsOf({ kind }: Rows): Counts {
  const n = [0, 0, 0, 0]
  for (const k of kind) n[k]!++
  return { equal: n[equal]!, changed: n[changed]!, onlyA: n[onlyA]!, onlyB: n[onlyB]! }
}
