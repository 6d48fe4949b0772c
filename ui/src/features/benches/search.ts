// What the address of the benches says, and which of them it shows.

import { androidOf, buildOf, goesOn, isReady, moodOf, nameOf } from '@/shared/lab'
import type { Bench, Device, Run } from '@/shared/wire'

export const states = ['online', 'running', 'attention', 'offline'] as const
export type State = (typeof states)[number]

export type BenchesSearch = {
  view?: 'cards' | 'table'
  q?: string
  state?: State
  model?: string
  label?: string
}

const longest = 200

export function parseBenches(s: Record<string, unknown>): BenchesSearch {
  const found: BenchesSearch = {}
  if (s.view === 'cards' || s.view === 'table') found.view = s.view
  const state = states.find((one) => one === s.state)
  if (state) found.state = state
  for (const name of ['q', 'model', 'label'] as const) {
    const value = s[name]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const text = String(value).slice(0, longest)
    if (text !== '') found[name] = text
  }
  return found
}

export type RunsOf = ReadonlyMap<string, Run[]>

export function byBench(runs: Run[]): RunsOf {
  const found = new Map<string, Run[]>()
  for (const run of runs) {
    const its = found.get(run.bench)
    if (its) its.push(run)
    else found.set(run.bench, [run])
  }
  return found
}

// A bench is online and running and may need attention, all at once.
function isIn(bench: Bench, runs: Run[], state: State): boolean {
  switch (state) {
    case 'online':
      return bench.state === 'online'
    case 'offline':
      return bench.state === 'offline'
    case 'running':
      return bench.state === 'online' && runs.some(goesOn)
    case 'attention':
      return moodOf(bench, runs) === 'attention'
  }
}

export const modelOf = (device: Device) => nameOf(device)

const tests: {
  [K in 'q' | 'state' | 'model' | 'label']: (bench: Bench, runs: Run[], value: string) => boolean
} = {
  q: (bench, _, value) => {
    const text = textOf(bench)
    return value
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  },
  state: (bench, runs, value) => isIn(bench, runs, value as State),
  model: (bench, _, value) => (bench.devices ?? []).some((d) => modelOf(d) === value),
  label: (bench, _, value) => (bench.labels ?? []).includes(value),
}
const names = Object.keys(tests) as (keyof typeof tests)[]

function textOf(bench: Bench): string {
  const devices = (bench.devices ?? []).flatMap((d) => [
    nameOf(d),
    d.id,
    d.serial,
    isReady(d) ? '' : d.state,
    buildOf(d),
    androidOf(d),
  ])
  return [bench.name, bench.id, ...(bench.labels ?? []), ...devices].join('\n').toLowerCase()
}

type Name = keyof typeof tests

const passes = (bench: Bench, runs: Run[], s: BenchesSearch, but?: Name) =>
  names.every((name) => name === but || !s[name] || tests[name](bench, runs, s[name]))

export type Shown = {
  benches: Bench[]
  counts: Record<State | 'all', number> // of what the other filters leave
  hidden: { name: Name; value: string; hides: number }[] // what each filter alone hides
}

export function shownOf(benches: Bench[], runs: RunsOf, s: BenchesSearch): Shown {
  const of = (b: Bench) => runs.get(b.id) ?? []
  const others = benches.filter((b) => passes(b, of(b), s, 'state'))
  const counts = { all: others.length } as Shown['counts']
  for (const state of states) {
    counts[state] = others.filter((b) => isIn(b, of(b), state)).length
  }
  const shown = benches.filter((b) => passes(b, of(b), s))
  const hidden = names.flatMap((name) => {
    const value = s[name]
    if (!value) return []
    const without = benches.filter((b) => passes(b, of(b), s, name)).length
    return [{ name, value, hides: without - shown.length }]
  })
  return { benches: shown, counts, hidden }
}

// pinnedFirst splits by the person's own order; the rest stay by name.
export function pinnedFirst(benches: Bench[], pins: string[]) {
  const at = new Map(pins.map((id, i) => [id, i]))
  const pinned = benches.filter((b) => at.has(b.id)).sort((a, b) => at.get(a.id)! - at.get(b.id)!)
  return { pinned, others: benches.filter((b) => !at.has(b.id)) }
}
