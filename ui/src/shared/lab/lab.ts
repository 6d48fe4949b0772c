// What the room `lab` tells: benches with their devices, and runs. Kept while
// there is no connection, to be shown "as of"; replaced by the next snapshot.
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Link } from '@/shared/socket'
import type { Bench, LabSnapshot, Run } from '@/shared/wire'
import { benchAsShown } from './shown'

const keptRuns = 200

type LabState = {
  loaded: boolean
  refused: string // why the relay does not let this person in
  benches: Bench[] // by name
  runs: Run[] // newest first
}

export class Lab {
  readonly state: StoreApi<LabState> = createStore<LabState>(() => ({
    loaded: false,
    refused: '',
    benches: [],
    runs: [],
  }))

  // enter follows the room until the returned function is called.
  enter(socket: Pick<Link, 'enter'>): () => void {
    return socket.enter('lab', {
      snapshot: (d) => this.#snapshot(d as LabSnapshot),
      event: (ev, d) => {
        if (ev === 'bench') this.#bench(d as Bench)
        if (ev === 'run') this.run(d as Run)
      },
      refused: (_, message) => this.state.setState({ refused: message }),
    })
  }

  // run takes what is newer of a run.
  run(run: Run): void {
    const { runs } = this.state.getState()
    const before = runs.find((r) => r.id === run.id)
    if (before?.state === 'ended' && run.state !== 'ended') return
    const others = before ? runs.filter((r) => r !== before) : runs
    this.state.setState({ runs: newestFirst([run, ...others]).slice(0, keptRuns) })
  }

  #snapshot(d: LabSnapshot): void {
    this.state.setState({
      loaded: true,
      refused: '',
      benches: byName((d.benches ?? []).map(benchAsShown)),
      runs: newestFirst(d.runs ?? []),
    })
  }

  #bench(bench: Bench): void {
    const others = this.state.getState().benches.filter((b) => b.id !== bench.id)
    this.state.setState({ benches: byName([...others, benchAsShown(bench)]) })
  }
}

const byName = (benches: Bench[]) =>
  [...benches].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))

const newestFirst = (runs: Run[]) =>
  [...runs].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))

export const goesOn = (run: Run) => run.state !== 'ended'

export const LabContext = createContext<Lab | undefined>(undefined)

export function useLab<T>(select: (s: LabState) => T): T {
  const lab = useContext(LabContext)
  if (!lab) throw new Error('no lab above this component')
  return useStore(lab.state, select)
}
