// Jobs as pages show them: what the room told and what was asked, as one list.
import type { Job, Run, SearchHit, SearchRequest, SearchResult } from '@/shared/wire'
import { count, plural } from '@/shared/words'

export const goesOn = (job: Job) => job.state === 'running'

// listed puts both together, newest first. The room's word has no result in its
// snapshot; an answer may be older than the room.
export function listed(told: Job[], asked: Job[]): Job[] {
  const all = new Map(asked.map((job) => [job.id, job]))
  for (const job of told) all.set(job.id, newer(all.get(job.id), job))
  return [...all.values()].sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at))
}

function newer(a: Job | undefined, b: Job): Job {
  if (!a) return b
  if (goesOn(a) !== goesOn(b)) return goesOn(a) ? b : a
  if (goesOn(a)) return a.done > b.done ? a : b
  return { ...b, result: b.result ?? a.result }
}

// lacking names those whose result only the relay has.
export const lacking = (jobs: Job[]): string =>
  jobs
    .filter((job) => job.state === 'done' && job.result === undefined)
    .map((job) => job.id)
    .join(' ')

// stateOf: a word for each state.
export const words: Record<Job['state'], string> = {
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  lost: 'Lost',
}

// progressOf is how far a job is, as text, and in percent where that is known.
export function progressOf(job: Job): { text: string; percent: number | undefined } {
  const what = job.kind === 'search' ? ' runs' : ''
  if (job.of <= 0) return { text: 'Seeing how much there is', percent: undefined }
  const percent = Math.min(100, Math.floor((job.done / job.of) * 100))
  return { text: `${count(job.done)} of ${count(job.of)}${what}, ${percent} %`, percent }
}

export function askedOf(job: Job): SearchRequest | undefined {
  if (job.kind !== 'search') return undefined
  const { text, bench } = Object(job.asked) as Partial<SearchRequest>
  return typeof text === 'string' && text
    ? { text, ...(typeof bench === 'string' && bench ? { bench } : {}) }
    : undefined
}

export function foundBy(job: Job): SearchResult | undefined {
  if (job.kind !== 'search' || job.state !== 'done' || !job.result) return undefined
  const r = Object(job.result) as Partial<SearchResult>
  return { hits: r.hits ?? [], runs: r.runs ?? 0, bad: r.bad ?? 0, more: r.more ?? false }
}

// summary: 12 hits in 3 of 340 runs.
export function summary({ hits, runs }: SearchResult): string {
  if (hits.length === 0) return `Nothing found in ${plural(runs, 'run')}`
  const inRuns = new Set(hits.map((hit) => hit.run)).size
  return `${plural(hits.length, 'hit')} in ${count(inRuns)} of ${plural(runs, 'run')}`
}

export type Found = { run: string; bench: string; device: string; title: string; hits: SearchHit[] }

// byRun keeps the order in which they were found.
export function byRun(hits: SearchHit[], known: Run[]): Found[] {
  const all = new Map<string, Found>()
  for (const hit of hits) {
    const run = known.find((r) => r.id === hit.run)
    const title = run?.check?.label ?? run?.command.trim().split('\n')[0] ?? hit.run
    const found = all.get(hit.run) ?? { ...hit, title, hits: [] }
    found.hits.push(hit)
    all.set(hit.run, found)
  }
  return [...all.values()]
}

// parts cuts a line where it holds the text, without case: every second part is
// a hit. Where case changes a text's length it is left whole.
export function parts(line: string, text: string): string[] {
  const [low, want] = [line.toLowerCase(), text.toLowerCase()]
  if (!want || low.length !== line.length || want.length !== text.length) return [line]
  const out: string[] = []
  let from = 0
  for (let at = low.indexOf(want); at >= 0; at = low.indexOf(want, from)) {
    out.push(line.slice(from, at), line.slice(at, at + want.length))
    from = at + want.length
  }
  return [...out, line.slice(from)]
}
