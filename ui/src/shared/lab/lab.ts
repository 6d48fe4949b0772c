// What the room `lab` tells: benches with their devices, runs, who is here and
// who holds what. Kept while there is no connection, to be shown "as of";
// replaced by the next snapshot. What people say goes on to who listens.
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { About, Link } from '@/shared/socket'
import type {
  Bench,
  Job,
  More,
  Notes,
  Person,
  Reservations,
  Run,
  SharedLab,
  User,
} from '@/shared/wire'
import { benchAsShown, personAsShown, reservationsAsShown } from './shown'

const keptRuns = 200
const keptJobs = 256 // that ended, the newest: as many as a relay shows

type LabState = {
  loaded: boolean
  refused: string // why the relay does not let this person in
  benches: Bench[] // by name
  runs: Run[] // newest first
  people: Person[] // by name, each once
  reservations: Record<string, Reservations> // by bench
  notes: Record<string, Notes> // pinned, by bench
  jobs: Record<string, Job> // long work of the relays, by id
  more: More // what a large lab's snapshot left out, and is not here yet
}

// Hears is told what of the room is no state: snapshots whole, events one by
// one.
export type Hears = {
  snapshot(d: SharedLab): void
  event(ev: string, d: unknown, about: About): void
  gap?(reason: string): void
}

export class Lab {
  readonly state: StoreApi<LabState> = createStore<LabState>(() => ({
    loaded: false,
    refused: '',
    benches: [],
    runs: [],
    people: [],
    reservations: {},
    notes: {},
    jobs: {},
    more: {},
  }))
  #shown = 0 // snapshots
  readonly #gone = new Set<string>() // people, since the last one

  // enter follows the room until the returned function is called.
  enter(socket: Pick<Link, 'enter'>, hears?: Hears): () => void {
    return socket.enter(
      'lab',
      {
        snapshot: (d) => {
          this.#snapshot(d as SharedLab)
          hears?.snapshot(d as SharedLab)
        },
        event: (ev, d, about) => {
          if (ev === 'bench') this.#bench(d as Bench)
          else if (ev === 'run') this.run(d as Run)
          else if (ev === 'reservations') this.#reserved(d as Reservations)
          else if (ev === 'note') this.pinned(d as Notes)
          else if (ev === 'job') this.#worked(d as Job)
          else hears?.event(ev, d, about ?? {})
        },
        join: (who) => this.#joined(who as Person),
        leave: (who) => this.#left(who as User),
        gap: (reason) => hears?.gap?.(reason),
        refused: (_, message) => this.state.setState({ refused: message }),
      },
      { resume: true },
    )
  }

  // run takes what is newer of a run.
  run(run: Run): void {
    const { runs } = this.state.getState()
    const before = runs.find((r) => r.id === run.id)
    if (before?.state === 'ended' && run.state !== 'ended') return
    const others = before ? runs.filter((r) => r !== before) : runs
    this.state.setState({ runs: newestFirst([run, ...others]).slice(0, keptRuns) })
  }

  #snapshot(d: SharedLab): void {
    this.state.setState({
      loaded: true,
      refused: '',
      benches: byName((d.benches ?? []).map(benchAsShown)),
      runs: newestFirst(d.runs ?? []),
      people: byName((d.people ?? []).map(personAsShown)),
      reservations: Object.fromEntries(
        (d.reservations ?? []).map((doc) => [doc.bench, reservationsAsShown(doc)]),
      ),
      notes: Object.fromEntries((d.notes ?? []).map((doc) => [doc.bench, doc])),
      jobs: Object.fromEntries((d.jobs ?? []).map((job) => [job.id, job])),
      more: d.more ?? {},
    })
    this.#shown++
    this.#gone.clear()
    // What cannot be read now is shown as so many more.
    if (d.more) this.#fetch(d.more, this.#shown).catch(() => undefined)
  }

  // What a snapshot left out is asked for over HTTP; what the room told meanwhile
  // is newer.
  async #fetch(more: More, shown: number): Promise<void> {
    const { people, reservations } = await import('./rest')
    const isNow = () => this.#shown === shown
    if (more.reservations) {
      const list = await reservations()
      if (isNow()) for (const doc of list) this.#reserved(doc)
      if (isNow()) this.#here({ reservations: 0 })
    }
    if (more.people) {
      const list = await people(isNow)
      if (!isNow()) return
      const known = this.state.getState().people
      const ids = new Set([...this.#gone, ...known.map((p) => p.id)])
      const others = list.filter((p) => !ids.has(p.id)).map(personAsShown)
      this.state.setState({ people: byName([...known, ...others]) })
      this.#here({ people: 0 })
    }
  }

  #here(more: More): void {
    this.state.setState({ more: { ...this.state.getState().more, ...more } })
  }

  #worked(job: Job): void {
    const jobs = { ...this.state.getState().jobs, [job.id]: job }
    const ended = Object.values(jobs).filter((j) => j.state !== 'running')
    const at = (j: Job) => Date.parse(j.ended_at ?? j.started_at)
    ended.sort((a, b) => at(b) - at(a))
    for (const old of ended.slice(keptJobs)) delete jobs[old.id]
    this.state.setState({ jobs })
  }

  #joined(who: Person): void {
    this.#gone.delete(who.id)
    const others = this.state.getState().people.filter((p) => p.id !== who.id)
    this.state.setState({ people: byName([...others, personAsShown(who)]) })
  }

  #left(who: User): void {
    this.#gone.add(who.id)
    const people = this.state.getState().people.filter((p) => p.id !== who.id)
    this.state.setState({ people })
  }

  pinned(doc: Notes): void {
    const { notes } = this.state.getState()
    if ((notes[doc.bench]?.rev ?? 0) > doc.rev) return
    this.state.setState({ notes: { ...notes, [doc.bench]: doc } })
  }

  // An answer may overtake the room, and the room an answer: the newer stands.
  #reserved(doc: Reservations): void {
    const { reservations } = this.state.getState()
    if ((reservations[doc.bench]?.rev ?? 0) > doc.rev) return
    this.state.setState({
      reservations: { ...reservations, [doc.bench]: reservationsAsShown(doc) },
    })
  }

  #bench(bench: Bench): void {
    const others = this.state.getState().benches.filter((b) => b.id !== bench.id)
    this.state.setState({ benches: byName([...others, benchAsShown(bench)]) })
  }
}

const byName = <T extends { name: string }>(all: T[]) =>
  [...all].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))

const newestFirst = (runs: Run[]) =>
  [...runs].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))

export const goesOn = (run: Run) => run.state !== 'ended'

export const LabContext = createContext<Lab | undefined>(undefined)

export function useLab<T>(select: (s: LabState) => T): T {
  const lab = useContext(LabContext)
  if (!lab) throw new Error('no lab above this component')
  return useStore(lab.state, select)
}
