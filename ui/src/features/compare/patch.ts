// A comparison as a unified diff, for those who take it elsewhere. What was
// ignored counts as equal, and stands there as A has it.
import { changed, equal, onlyA, onlyB, type Rows } from './align'
import { lineOf, type Side } from './read'

const context = 3

export function patchOf(names: { a: string; b: string }, rows: Rows, a: Side, b: Side): string {
  const out = [`--- ${names.a}`, `+++ ${names.b}`]
  const n = rows.kind.length
  let [atA, atB] = [0, 0] // lines of either side before row i
  const before = { a: new Int32Array(n + 1), b: new Int32Array(n + 1) }
  for (let i = 0; i < n; i++) {
    before.a[i] = atA
    before.b[i] = atB
    if (rows.a[i]! >= 0) atA++
    if (rows.b[i]! >= 0) atB++
  }
  before.a[n] = atA
  before.b[n] = atB
  for (let i = 0; i < n; ) {
    if (rows.kind[i] === equal) {
      i++
      continue
    }
    const from = Math.max(0, i - context)
    let to = i
    for (let still = 0; to < n && still <= 2 * context; to++) {
      still = rows.kind[to] === equal ? still + 1 : 0
    }
    while (to > i && to > from && rows.kind[to - 1] === equal && trailing(rows, to) > context) to--
    out.push(header(before, from, to))
    hunk(rows, a, b, from, to, out)
    i = to
  }
  return `${out.join('\n')}\n`
}

function trailing(rows: Rows, to: number): number {
  let n = 0
  while (to - 1 - n >= 0 && rows.kind[to - 1 - n] === equal) n++
  return n
}

function header(before: { a: Int32Array; b: Int32Array }, from: number, to: number): string {
  const range = (side: Int32Array) => {
    const count = side[to]! - side[from]!
    return `${side[from]! + (count > 0 ? 1 : 0)},${count}`
  }
  return `@@ -${range(before.a)} +${range(before.b)} @@`
}

function hunk(rows: Rows, a: Side, b: Side, from: number, to: number, out: string[]): void {
  let added: string[] = []
  const flush = () => {
    out.push(...added)
    added = []
  }
  for (let i = from; i < to; i++) {
    const kind = rows.kind[i]
    if (kind === equal) {
      flush()
      out.push(` ${lineOf(a, rows.a[i]!)}`)
    }
    if (kind === changed || kind === onlyA) out.push(`-${lineOf(a, rows.a[i]!)}`)
    if (kind === changed || kind === onlyB) added.push(`+${lineOf(b, rows.b[i]!)}`)
  }
  flush()
}
