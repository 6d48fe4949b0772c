// The lines of one run, and the reader's rule: a block is taken only if it
// begins at the next line. So whatever comes twice or too early, every line
// stands here once, in order, and a hole is a row. Text beyond the budget is
// dropped where it was not read for longest, and fetched again when needed.
import type { Block } from '@/shared/wire'
import { type Level, levels } from '../levels'
import type { GapRow, Row, Taken } from '../lines'
import { type Columns, levelIn, ofBlock, streamIn } from './columns'
import { Segment } from './segment'

export type Gap = { first: number; gap: GapRow }
type Chunk = Segment | Gap

// What the relay still has of some lines: their text, or why there is none.
export type Fetched = { lines: Columns; first: number } | { gap: GapRow }
// Source reads lines again, both ends included.
export type Source = (from: number, to: number) => Promise<Fetched[]>

export const isGap = (chunk: Chunk): chunk is Gap => 'gap' in chunk

type Loading = {
  done: Promise<void>
  readers: (() => void)[]
  isKept: boolean // somebody will read it again
}

export class LineStore {
  next = 1
  missing = 0
  err = 0
  longest = 0
  bytes = 0 // of text
  reshaped = 0 // how often chunks were replaced: what is derived is void
  readonly byLevel = Object.fromEntries(levels.map((l) => [l, 0])) as Record<Level, number>
  readonly chunks: Chunk[] = []
  readonly #budget: number
  readonly #source: Source
  readonly #watchers = new Set<() => void>()
  readonly #loading = new Map<Segment, Loading>()
  #clock = 0
  #loose = false // after a gap of unknown length any later line may come

  constructor(source: Source, budget: number) {
    this.#source = source
    this.#budget = budget
  }

  append(block: Block): Taken {
    if (block.first < this.next) return 'have'
    if (block.first > this.next && !this.#loose) return 'ahead'
    if (block.gap) this.#gap(block.first, block.count ?? undefined, block.gap, false)
    else this.#lines(block.first, ofBlock(block))
    this.#changed()
    return 'taken'
  }

  // skip marks the lines before `first` as missing, where they do not come by
  // themselves: the relay may have them all the same. After a gap of unknown
  // length nobody can say that there are any.
  skip(first: number, reason: string): void {
    if (first <= this.next || this.#loose) return
    this.#gap(this.next, first - this.next, reason, true)
    this.#changed()
  }

  // find is the last chunk that begins at or before a line.
  find(line: number): number {
    let low = 0
    let high = this.chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.chunks[middle]!.first <= line) low = middle
      else high = middle - 1
    }
    return low
  }

  // row is undefined where the text was dropped.
  row(chunk: number, i: number): Row | undefined {
    const c = this.chunks[chunk]!
    if (isGap(c)) return c.gap
    c.used = ++this.#clock
    return c.hasText ? c.row(i) : undefined
  }

  // need puts a segment's text back and calls `read` while it is surely there:
  // what others need may push it out again at once. Of lines that no longer
  // exist nothing is read; they become a gap. Who only passes by, as a search
  // through the whole run does, leaves what others read in its place.
  need(segment: Segment, read: () => void, isPassing = false): Promise<void> {
    if (!isPassing) segment.used = ++this.#clock
    if (segment.hasText) {
      read()
      return Promise.resolve()
    }
    const loading = this.#loading.get(segment)
    if (loading) {
      loading.readers.push(read)
      loading.isKept ||= !isPassing
      return loading.done
    }
    const made: Loading = { done: Promise.resolve(), readers: [read], isKept: !isPassing }
    made.done = this.#restore(segment, made).finally(() => this.#loading.delete(segment))
    this.#loading.set(segment, made)
    return made.done
  }

  // load asks once more for the lines of the gap that begins at a line.
  async load(line: number): Promise<void> {
    const found = this.#gapAt(line)
    if (found?.gap.to === undefined) return
    const fetched = await this.#source(found.gap.from, found.gap.to)
    const at = this.chunks.indexOf(found)
    if (at >= 0) this.#replace(at, fetched)
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #gapAt(line: number): Gap | undefined {
    const chunk = this.chunks[this.find(line)]
    return chunk && isGap(chunk) ? chunk : undefined
  }

  async #restore(segment: Segment, loading: Loading): Promise<void> {
    const fetched = await this.#source(segment.first, segment.first + segment.count - 1)
    const only = fetched.length === 1 ? fetched[0]! : undefined
    if (only && 'lines' in only && only.first === segment.first && segment.restore(only.lines)) {
      for (const read of loading.readers.splice(0)) read()
      if (loading.isKept || this.bytes + segment.bytes <= this.#budget) this.#grew(segment)
      else segment.drop()
      this.#changed()
      return
    }
    const at = this.chunks.indexOf(segment)
    if (at < 0) return
    this.#count(segment, -1)
    this.#replace(at, fetched)
  }

  #lines(first: number, c: Columns): void {
    let segment = this.#open(first)
    for (let i = 0; i < c.text.length; i++) {
      if (segment.isFull) segment = this.#open(first + i)
      const text = segment.add(c.text[i]!, c.at[i]!, c.mark[i]!)
      if (text.length > this.longest) this.longest = text.length
      this.#tally(c.mark[i]!, 1)
    }
    this.next = first + c.text.length
    this.#loose = false
  }

  // open is the last segment where it goes on at this line, else a new one.
  #open(first: number): Segment {
    const last = this.chunks.at(-1)
    if (last && !isGap(last) && !last.isSealed) {
      if (!last.isFull && last.first + last.count === first) return last
      this.#seal(last)
    }
    const segment = new Segment(first)
    this.chunks.push(segment)
    return segment
  }

  #seal(segment: Segment): void {
    segment.seal()
    segment.used = ++this.#clock
    this.#grew(segment)
  }

  #grew(segment: Segment): void {
    this.bytes += segment.bytes
    while (this.bytes > this.#budget) {
      const oldest = this.#oldest(segment)
      if (!oldest) return
      this.bytes -= oldest.bytes
      oldest.drop()
    }
  }

  #oldest(but: Segment): Segment | undefined {
    let found: Segment | undefined
    for (const chunk of this.chunks) {
      if (isGap(chunk) || chunk === but || chunk.bytes === 0) continue
      if (!found || chunk.used < found.used) found = chunk
    }
    return found
  }

  #gap(from: number, count: number | undefined, reason: string, canLoad: boolean): void {
    const last = this.chunks.at(-1)
    if (last && !isGap(last) && !last.isSealed) this.#seal(last)
    const to = count === undefined ? undefined : from + count - 1
    this.chunks.push({ first: from, gap: { kind: 'gap', from, to, reason, canLoad } })
    this.missing += count ?? 0
    this.next = from + (count ?? 0)
    this.#loose = count === undefined
  }

  // replace puts what the relay has in the place of a chunk.
  #replace(at: number, fetched: Fetched[]): void {
    const before = this.chunks[at]!
    if (isGap(before)) this.missing -= length(before.gap)
    else this.bytes -= before.bytes
    const made: Chunk[] = []
    for (const part of fetched) {
      if ('gap' in part) {
        made.push({ first: part.gap.from, gap: part.gap })
        this.missing += length(part.gap)
      } else made.push(...this.#segments(part.first, part.lines))
    }
    this.chunks.splice(at, 1, ...made)
    this.reshaped++
    for (const chunk of made) if (!isGap(chunk)) this.#grew(chunk)
    this.#changed()
  }

  #segments(first: number, c: Columns): Segment[] {
    const made: Segment[] = []
    for (let i = 0; i < c.text.length; i++) {
      let segment = made.at(-1)
      if (!segment || segment.isFull) {
        segment = new Segment(first + i)
        made.push(segment)
      }
      segment.add(c.text[i]!, c.at[i]!, c.mark[i]!)
    }
    for (const segment of made) {
      segment.seal()
      segment.used = ++this.#clock
      this.#count(segment, 1)
    }
    return made
  }

  #count(segment: Segment, by: 1 | -1): void {
    for (let i = 0; i < segment.count; i++) this.#tally(segment.marks[i]!, by)
  }

  #tally(mark: number, by: 1 | -1): void {
    this.byLevel[levelIn(mark)] += by
    if (streamIn(mark) === 'err') this.err += by
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }
}

const length = (gap: GapRow) => (gap.to === undefined ? 0 : gap.to - gap.from + 1)
