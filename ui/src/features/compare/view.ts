// The rows as they are seen: long equal stretches folded to one row, which can
// be opened; and the places where something differs.
import { equal, type Rows } from './align'

const context = 3 // equal rows that stay beside a difference
const least = 4 // equal rows worth folding

export type Fold = { from: number; count: number } // rows

// A part of the view: rows one by one, or one fold.
type Part = { at: number; from: number; count: number; isFold: boolean }

export type View = { length: number; parts: Part[] }
export type Item = { fold: Fold } | { row: number }

export function viewOf(rows: Rows, isOpen: (from: number) => boolean): View {
  const parts: Part[] = []
  let at = 0
  const add = (from: number, count: number, isFold: boolean) => {
    if (count === 0) return
    const last = parts.at(-1)
    if (last && !isFold && !last.isFold) last.count += count
    else parts.push({ at, from, count, isFold })
    at += isFold ? 1 : count
  }
  const n = rows.kind.length
  for (let i = 0; i < n; ) {
    let to = i
    const isEqual = rows.kind[i] === equal
    while (to < n && (rows.kind[to] === equal) === isEqual) to++
    if (!isEqual) {
      add(i, to - i, false)
    } else {
      const from = i === 0 ? 0 : i + context
      const end = to === n ? n : to - context
      if (end - from < least || isOpen(from)) {
        add(i, to - i, false)
      } else {
        add(i, from - i, false)
        add(from, end - from, true)
        add(end, to - end, false)
      }
    }
    i = to
  }
  return { length: at, parts }
}

export function itemAt({ parts }: View, i: number): Item {
  const part = parts[find(parts, (p) => p.at <= i)]!
  if (part.isFold) return { fold: { from: part.from, count: part.count } }
  return { row: part.from + i - part.at }
}

// placeOf is where a row stands in the view, or the fold that holds it.
export function placeOf({ parts }: View, row: number): number {
  const part = parts[find(parts, (p) => p.from <= row)]
  if (!part) return 0
  return part.isFold ? part.at : part.at + row - part.from
}

// find is the last part for which `holds`; it holds for all before.
function find(parts: Part[], holds: (p: Part) => boolean): number {
  let low = 0
  let high = parts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (holds(parts[middle]!)) low = middle
    else high = middle - 1
  }
  return low
}

// A place is rows in a row that differ; `before` counts the differing rows
// above it.
export type Place = { row: number; count: number; before: number }

export function placesOf({ kind }: Rows): Place[] {
  const places: Place[] = []
  let before = 0
  for (let i = 0; i < kind.length; i++) {
    if (kind[i] === equal) continue
    const last = places.at(-1)
    if (last && last.row + last.count === i) last.count++
    else places.push({ row: i, count: 1, before })
    before++
  }
  return places
}
