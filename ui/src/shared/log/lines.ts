// What a log viewer reads: rows, of which each is a line or a gap. The store
// behind it may live in this thread or in another; pages know only this.
import type { Block } from '@/shared/wire'
import type { Level, Stream } from './levels'

export type LineRow = {
  kind: 'line'
  n: number
  at: number // unix ms
  stream: Stream
  level: Level
  text: string
  goesOn: boolean // without a line end
}

export type GapRow = {
  kind: 'gap'
  from: number
  to: number | undefined // undefined: nobody can know
  reason: string
}

export type Row = LineRow | GapRow

// Taken: `have` and `ahead` leave the store as it was.
export type Taken = 'taken' | 'have' | 'ahead'

export interface Lines {
  readonly rows: number
  readonly next: number // number of the next line
  readonly missing: number // lines in gaps of known length
  readonly byLevel: Readonly<Record<Level, number>>
  readonly err: number // lines of stderr
  readonly longest: number // characters of the longest line so far
  row(i: number): Row
  rowOf(line: number): number // the row that holds this line, or the nearest
  append(block: Block): Taken
  // skip marks the lines before `first` as missing, where they will not come.
  skip(first: number, reason: string): void
  watch(changed: () => void): () => void
}
