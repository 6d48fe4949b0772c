// Which words of a changed line changed.
import { diffArrays } from 'diff'
import { type Ignored, ignoredIn, type Range } from './ignore'

const token = /[\p{L}\p{N}_]+|\s+|./gsu
const longest = 4000 // characters; beyond, the middle that differs is one mark
const bridge = 1 // equal characters between two marks that are marked with them

export function marks(
  a: string,
  b: string,
  ignored: ReadonlySet<Ignored>,
): { a: Range[]; b: Range[] } {
  const found = words(a, b) ?? middle(a, b)
  return {
    a: without(found.a, ignoredIn(a, ignored)),
    b: without(found.b, ignoredIn(b, ignored)),
  }
}

function words(a: string, b: string) {
  if (a.length > longest || b.length > longest) return undefined
  const changes = diffArrays(a.match(token) ?? [], b.match(token) ?? [], {
    maxEditLength: 300,
    timeout: 100, // ms; `maxEditLength` bounds it too
  })
  if (!changes) return undefined
  const found = { a: [] as Range[], b: [] as Range[] }
  let [i, j] = [0, 0]
  for (const { value, added, removed } of changes) {
    const length = value.reduce((n, t) => n + t.length, 0)
    if (removed) mark(found.a, i, i + length)
    if (added) mark(found.b, j, j + length)
    if (!added) i += length
    if (!removed) j += length
  }
  return found
}

function mark(ranges: Range[], from: number, to: number): void {
  const last = ranges.at(-1)
  if (last && from - last[1] <= bridge) last[1] = to
  else ranges.push([from, to])
}

function middle(a: string, b: string): { a: Range[]; b: Range[] } {
  const shorter = Math.min(a.length, b.length)
  let from = 0
  while (from < shorter && a[from] === b[from]) from++
  let end = 0
  while (end < shorter - from && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const range = (s: string): Range[] => (s.length - end > from ? [[from, s.length - end]] : [])
  return { a: range(a), b: range(b) }
}

// without takes away what is passed over.
function without(ranges: Range[], holes: Range[]): Range[] {
  let left = ranges
  for (const [from, to] of holes) {
    left = left.flatMap(([x, y]): Range[] => {
      if (y <= from || x >= to) return [[x, y]]
      const parts: Range[] = []
      if (x < from) parts.push([x, from])
      if (y > to) parts.push([to, y])
      return parts
    })
  }
  return left
}
