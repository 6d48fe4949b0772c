// The page's handle on a run's lines: what a viewer may ask, and what it is
// told. Where the lines live is nobody's business here.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Fault, Run } from '@/shared/wire'
import { type Level, levels } from './levels'
import type { Row } from './lines'

// Filter says which lines are in view; gaps always are.
export type Filter = {
  levels?: Level[] // shown; none given: all
  stream?: 'out' | 'err'
  text?: string
  isRegex?: boolean
  matchCase?: boolean
  isInverse?: boolean // lines without the text
}

export type Query = { text: string; isRegex: boolean; matchCase: boolean }

export type Found = {
  query: Query
  total: number // lines in view that hold it
  busy: boolean
  fault?: string // does not parse, or takes too long
}

export type Phase = 'loading' | 'replay' | 'live' | 'behind' | 'over'

export type LogState = {
  run?: Run
  fault?: Fault // why there is no such run, or none for this person
  phase: Phase
  rows: number // of the view: filtered, gaps included
  lines: number // received, whatever the view
  next: number // number of the next line
  missing: number // lines in gaps of known length
  byLevel: Record<Level, number>
  err: number // lines of stderr
  longest: number // characters of the longest line so far
  version: number // grows when rows given already have changed
  filter?: Filter
  isFiltering: boolean // the view still grows with lines that are here
  filterFault?: string // does not parse, or takes too long
  found?: Found
}

// Place is a line that `step` led to, and the how manieth hit it is (from 1).
export type Place = { line: number; row: number; index?: number }

// Marks is the view in so many buckets: bits of `mark` each.
export type Marks = Uint8Array
export const mark = { warn: 1, error: 2, fatal: 4, gap: 8, hit: 16 } as const

export interface Log {
  readonly state: StoreApi<LogState> // changes at most 20 times a second
  // rows gives what is at hand; the others are asked for and `watch` tells when
  // they came.
  rows(from: number, count: number): (Row | undefined)[]
  watch(changed: () => void): () => void
  filter(filter?: Filter): void
  search(query?: Query): void
  // step finds the next hit, error (or fatal) or warning of the view after
  // (1) or before (-1) a line.
  step(kind: 'hit' | 'error' | 'warn', fromLine: number, by: 1 | -1): Promise<Place | undefined>
  rowOf(line: number): Promise<number> // the row that holds it, or the nearest
  // text is what is copied, both ends included; it refuses what is too much.
  text(lines: { from: number; to: number }, withTimes: boolean): Promise<string>
  marks(buckets: number): Promise<Marks>
  html(): Promise<Blob> // all lines, coloured, as a page that needs nothing else
  load(gap: number): Promise<void> // the lines of the gap that begins there
  close(): void
}

export const none: Readonly<LogState> = {
  phase: 'loading',
  rows: 0,
  lines: 0,
  next: 1,
  missing: 0,
  byLevel: Object.fromEntries(levels.map((l) => [l, 0])) as Record<Level, number>,
  err: 0,
  longest: 0,
  version: 0,
  isFiltering: false,
}

// emptyLog is what a page shows before it has opened one.
export const emptyLog: Log = {
  state: createStore<LogState>(() => none),
  rows: () => [],
  watch: () => () => undefined,
  filter: () => undefined,
  search: () => undefined,
  step: async () => undefined,
  rowOf: async () => 0,
  text: async () => '',
  marks: async (buckets) => new Uint8Array(buckets),
  html: async () => new Blob([]),
  load: async () => undefined,
  close: () => undefined,
}
