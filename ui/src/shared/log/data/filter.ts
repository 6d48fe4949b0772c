// A filter as a test of lines: by level and stream from the marks alone, then
// by text.
import { levels } from '../levels'
import type { Filter } from '../log'
import { levelIn, streamIn } from './columns'
import type { RegexRunner } from './regex'
import { type Seeker, seekerOf } from './seek'
import type { Segment } from './segment'
import { lowerBound, type Picks, type Test } from './sieve'
import type { LineStore } from './store'

// The test of a filter that lets all lines pass is undefined.
export function testOf(
  filter: Filter | undefined,
  store: LineStore,
  runner: () => RegexRunner,
): { test?: Test; seeker?: Seeker } {
  const passes = byMark(filter)
  const { text, isRegex = false, matchCase = false } = filter ?? {}
  if (!text) return passes ? { test: marked(passes) } : {}
  const seeker = seekerOf({ text, isRegex, matchCase }, runner)
  const test = texted(store, seeker, filter?.isInverse === true, passes && marked(passes))
  return { test, seeker }
}

// searchOf is the test of a search: no filter but the text.
export const searchOf = (store: LineStore, seeker: Seeker): Test =>
  texted(store, seeker, false, undefined)

function byMark(filter: Filter | undefined): boolean[] | undefined {
  const shown = filter?.levels && filter.levels.length < levels.length ? filter.levels : undefined
  const stream = filter?.stream
  if (!shown && !stream) return undefined
  return Array.from(
    { length: 64 },
    (_, mark) =>
      (!shown || shown.includes(levelIn(mark))) && (!stream || streamIn(mark) === stream),
  )
}

const marked =
  (passes: boolean[]) =>
  (segment: Segment, from: number, to: number): Picks => {
    const out: number[] = []
    for (let i = from; i < to; i++) if (passes[segment.marks[i]!]) out.push(i)
    return out
  }

function texted(
  store: LineStore,
  seeker: Seeker,
  isInverse: boolean,
  before: ((segment: Segment, from: number, to: number) => Picks) | undefined,
): Test {
  const finish = (found: Picks, segment: Segment, from: number, to: number): Picks => {
    const passing = isInverse ? others(found, from, to) : found
    return before ? both(before(segment, from, to), passing) : passing
  }
  return (segment, from, to) => {
    const seek = () => seeker.lines(segment, from, to)
    const found = segment.hasText ? seek() : later(store, segment, seek)
    return found instanceof Promise
      ? found.then((picks) => finish(picks, segment, from, to))
      : finish(found, segment, from, to)
  }
}

// Lines that no longer exist hold nothing.
async function later(
  store: LineStore,
  segment: Segment,
  seek: () => Picks | Promise<Picks>,
): Promise<Picks> {
  let found: Picks | Promise<Picks> = []
  const read = () => {
    found = seek()
  }
  await store.need(segment, read, true)
  return found
}

function others(found: Picks, from: number, to: number): Picks {
  const out: number[] = []
  let k = 0
  for (let i = from; i < to; i++) {
    if (found[k] === i) k++
    else out.push(i)
  }
  return out
}

function both(a: Picks, b: Picks): Picks {
  const out: number[] = []
  for (let i = 0; i < a.length; i++) if (b[lowerBound(b, a[i]!)] === a[i]!) out.push(a[i]!)
  return out
}
