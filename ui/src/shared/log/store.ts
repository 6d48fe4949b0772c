// The lines of one run in this page's memory, and the reader's rule: a block
// is taken only if it begins at the next line. So whatever comes twice or too
// early, every line stands here once, in order, and a hole is a row.
import type { Block } from '@/shared/wire'
import { type Columns, columns, isErr, lineRow, Sealed } from './chunk'
import { type Level, levels } from './levels'
import type { GapRow, Row, Taken } from './lines'

const sealAt = 2048 // lines a chunk

type Chunk = {
  row: number // its first row
  first: number // number of its first line
  rows: number
  sealed?: Sealed
  open?: Columns
  gap?: GapRow
}

export class LineStore {
  rows = 0
  next = 1
  missing = 0
  err = 0
  longest = 0
  readonly byLevel = Object.fromEntries(levels.map((l) => [l, 0])) as Record<Level, number>
  readonly #chunks: Chunk[] = []
  readonly #watchers = new Set<() => void>()
  #loose = false // after a gap of unknown length any later line may come

  append(block: Block): Taken {
    if (block.first < this.next) return 'have'
    if (block.first > this.next && !this.#loose) return 'ahead'
    if (block.gap) this.#gap(block.first, block.count ?? undefined, block.gap, false)
    else this.#lines(block.first, columns(block))
    this.#changed()
    return 'taken'
  }

  skip(first: number, reason: string): void {
    if (first <= this.next) return
    this.#gap(this.next, first - this.next, reason, true)
    this.#changed()
  }

  row(i: number): Row {
    const chunk = this.#chunks[this.#find(i, 'row')]
    if (!chunk) throw new RangeError(`row ${i} of ${this.rows}`)
    const at = i - chunk.row
    if (chunk.gap) return chunk.gap
    if (chunk.sealed) return chunk.sealed.row(at, chunk.first + at)
    return lineRow(chunk.open!, at, chunk.first + at)
  }

  rowOf(line: number): number {
    const chunk = this.#chunks[this.#find(line, 'first')]
    if (!chunk) return 0
    return chunk.row + Math.min(Math.max(line - chunk.first, 0), chunk.rows - 1)
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #lines(first: number, c: Columns): void {
    const n = c.text.length
    const open = this.#open(first)
    const into = open.open!
    for (let i = 0; i < n; i++) {
      const text = c.text[i]!
      this.byLevel[levels[c.level[i]!]!]++
      if (isErr(c.flags[i]!)) this.err++
      if (text.length > this.longest) this.longest = text.length
      into.text.push(text)
      into.at.push(c.at[i]!)
      into.level.push(c.level[i]!)
      into.flags.push(c.flags[i]!)
    }
    open.rows += n
    this.rows += n
    this.next = first + n
    this.#loose = false
    if (open.rows >= sealAt) this.#seal()
  }

  // open is the last chunk where it goes on at this line, else a new one.
  #open(first: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last?.open && last.first + last.rows === first) return last
    this.#seal()
    const chunk: Chunk = {
      row: this.rows,
      first,
      rows: 0,
      open: { text: [], at: [], level: [], flags: [] },
    }
    this.#chunks.push(chunk)
    return chunk
  }

  #seal(): void {
    const last = this.#chunks.at(-1)
    if (!last?.open) return
    last.sealed = new Sealed(last.open)
    last.open = undefined
  }

  #gap(from: number, count: number | undefined, reason: string, canLoad: boolean): void {
    this.#seal()
    const to = count === undefined ? undefined : from + count - 1
    this.#chunks.push({
      row: this.rows,
      first: from,
      rows: 1,
      gap: { kind: 'gap', from, to, reason, canLoad },
    })
    this.rows++
    this.missing += count ?? 0
    this.next = from + (count ?? 0)
    this.#loose = count === undefined
  }

  // find is the last chunk that begins at or before i.
  #find(i: number, by: 'row' | 'first'): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#chunks[middle]![by] <= i) low = middle
      else high = middle - 1
    }
    return low
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }
}
