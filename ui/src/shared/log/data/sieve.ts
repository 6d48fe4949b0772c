// Which lines of a store pass a test, as rows that can be counted: the i-th
// line that passes, and how many pass before a line. It follows the store as
// lines come, in slices, so that whoever shares its thread is not kept waiting.
// A search is a sieve below the filter's.

import type { Segment } from './segment'
import { type Gap, isGap, type LineStore } from './store'

export type Picks = ArrayLike<number> // offsets within a segment, ascending

// Test says which of the lines [from, to) of a segment pass; it may need time.
export type Test = (segment: Segment, from: number, to: number) => Picks | Promise<Picks>

export type Place = { chunk: number; offset: number }

const slice = 12 // ms of work, then others have a turn

export class Sieve {
  total = 0
  fault: string | undefined // it stopped there
  readonly #store: LineStore
  readonly #test: Test | undefined
  readonly #above: Sieve | undefined
  readonly #went: () => void
  readonly #starts: number[] = [] // rows before each chunk
  readonly #picks: (number[] | Uint16Array | undefined)[] = []
  #chunk = 0 // where it goes on
  #offset = 0
  #isAtWork = false
  #isClosed = false
  #waiting: (() => void)[] = []

  // Without a test all lines pass; gaps pass where there is no sieve above.
  constructor(store: LineStore, test?: Test, above?: Sieve, went: () => void = () => undefined) {
    this.#store = store
    this.#test = test
    this.#above = above
    this.#went = went
  }

  get isBusy(): boolean {
    return this.#isAtWork
  }

  advance(): void {
    if (!this.#isAtWork) this.#work()
  }

  close(): void {
    this.#isClosed = true
    this.#rest()
  }

  // idle waits until all lines that are here have been looked at.
  idle(): Promise<void> {
    this.advance()
    if (!this.#isAtWork) return Promise.resolve()
    return new Promise((done) => this.#waiting.push(done))
  }

  // place is the i-th row.
  place(i: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= i) low = middle
      else high = middle - 1
    }
    // A chunk of which nothing passes begins where the next one does.
    const at = i - this.#starts[low]!
    return { chunk: low, offset: this.#picks[low]?.[at] ?? at }
  }

  // before counts the rows above a place.
  before(chunk: number, offset: number): number {
    if (chunk >= this.#starts.length) return this.total
    const picks = this.#picks[chunk]
    const start = this.#starts[chunk]!
    return start + (picks ? lowerBound(picks, offset) : Math.min(offset, this.#size(chunk)))
  }

  picksOf(chunk: number): Picks | undefined {
    return this.#picks[chunk]
  }

  sizeOf(chunk: number): number {
    return chunk < this.#starts.length ? this.#size(chunk) : 0
  }

  // reached is the place up to which this sieve has looked.
  reached(): Place {
    return { chunk: this.#chunk, offset: this.#offset }
  }

  #size(chunk: number): number {
    return (this.#starts[chunk + 1] ?? this.total) - this.#starts[chunk]!
  }

  #work(): void {
    this.#isAtWork = false
    const until = performance.now() + slice
    while (!this.#isClosed && this.fault === undefined) {
      const piece = this.#piece()
      if (!piece) break
      const { segment, from, to } = piece
      const found = this.#test?.(segment, from, to)
      if (found instanceof Promise) {
        this.#isAtWork = true
        found.then(
          (picks) => this.#then(() => this.#take(picks, from, to)),
          (e: unknown) => this.#then(() => (this.fault = e instanceof Error ? e.message : `${e}`)),
        )
        return
      }
      this.#take(found, from, to)
      if (performance.now() > until) {
        this.#isAtWork = true
        setTimeout(() => this.#then(() => undefined))
        return
      }
    }
    this.#rest()
  }

  #then(act: () => void): void {
    if (this.#isClosed) return
    act()
    this.#work()
    this.#went()
  }

  #rest(): void {
    for (const done of this.#waiting.splice(0)) done()
  }

  // piece is the next stretch of lines to look at; gaps are passed on the way.
  #piece(): { segment: Segment; from: number; to: number } | undefined {
    for (;;) {
      const chunk = this.#store.chunks[this.#chunk]
      if (!chunk) return undefined
      const limit = this.#above?.reached()
      if (limit && this.#chunk > limit.chunk) return undefined
      if (this.#starts.length <= this.#chunk) this.#begin(chunk)
      if (!isGap(chunk)) {
        const to = limit?.chunk === this.#chunk ? Math.min(limit.offset, chunk.count) : chunk.count
        if (this.#offset < to) return { segment: chunk, from: this.#offset, to }
        if (!chunk.isSealed || this.#offset < chunk.count) return undefined
      } else if (limit?.chunk === this.#chunk) {
        return undefined
      }
      this.#chunk++
      this.#offset = 0
    }
  }

  #begin(chunk: Segment | Gap): void {
    this.#starts.push(this.total)
    if (isGap(chunk)) this.total += this.#above ? 0 : 1
    else if (this.#test) this.#picks[this.#chunk] = []
  }

  #take(found: Picks | undefined, from: number, to: number): void {
    const at = this.#chunk
    if (found) {
      const into = this.#picks[at] as number[]
      const above = this.#above?.picksOf(at)
      for (let i = 0; i < found.length; i++)
        if (!above || above[lowerBound(above, found[i]!)] === found[i]!) into.push(found[i]!)
      this.total = this.#starts[at]! + into.length
    } else {
      this.total += to - from
    }
    this.#offset = to
    const chunk = this.#store.chunks[at]
    if (found && chunk && !isGap(chunk) && chunk.isSealed && to === chunk.count)
      this.#picks[at] = Uint16Array.from(this.#picks[at]!)
  }
}

// lowerBound is where the first of the ascending numbers is that reaches x.
export function lowerBound(numbers: Picks, x: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}
