// One list of what the relay gave page by page and of what comes in live.
import type { Run } from '@/shared/wire'
import { matches, type RunsSearch } from './search'

type Listing = {
  loaded: Run[] // newest first, as the relay gave them
  isWhole: boolean // there is nothing older
  seen: ReadonlyMap<string, Run> // heard of in the lab's room meanwhile
  search: RunsSearch
  begin: number | undefined
  frozenAt: number | undefined // live is off since
}

// merge gives the list, and how many runs wait because live is off. A run older
// than what is loaded comes with its page, not before.
export function merge({ loaded, isWhole, seen, search, begin, frozenAt }: Listing) {
  const found = new Map<string, Run>()
  for (const run of loaded) {
    const now = newer(run, seen.get(run.id))
    if (now === run || keeps(now, search)) found.set(run.id, now)
  }
  const oldest = loaded.at(-1)
  const here = new Set(loaded.map((r) => r.id))
  let waiting = 0
  for (const run of seen.values()) {
    if (here.has(run.id) || !matches(run, search, begin)) continue
    if (!isWhole && oldest && compare(run, oldest) > 0) continue
    if (frozenAt !== undefined && Date.parse(run.created_at) > frozenAt) waiting++
    else found.set(run.id, run)
  }
  return { runs: [...found.values()].sort(compare), waiting }
}

// keeps says whether a run that changed still is what was asked for; its text
// and its place do not change.
const keeps = (run: Run, { state, outcome }: RunsSearch) =>
  (!state || run.state === state) && (!outcome || run.outcome === outcome)

function newer(a: Run, b: Run | undefined): Run {
  if (!b) return a
  if (a.state === 'ended') return a
  return b
}

// compare puts the newest first, as the relay does.
export function compare(a: Run, b: Run): number {
  const by = Date.parse(b.created_at) - Date.parse(a.created_at)
  if (by !== 0) return by
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}

const kept = 5000

// heard adds what the lab's room tells to what was heard before; the oldest go.
export function heard(before: ReadonlyMap<string, Run>, runs: Run[]): ReadonlyMap<string, Run> {
  if (runs.every((run) => before.get(run.id) === run)) return before
  const seen = new Map(before)
  for (const run of runs) seen.set(run.id, run)
  if (seen.size <= kept) return seen
  const newest = [...seen.values()].sort(compare).slice(0, kept)
  return new Map(newest.map((run) => [run.id, run]))
}
