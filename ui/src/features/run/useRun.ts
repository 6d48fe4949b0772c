// A run as this page knows it: its lines from the room run:<id>, its state
// from there and from the lab.
import { useContext, useEffect, useState } from 'react'
import { LabContext, useLab } from '@/shared/lab'
import { LineStore, type Lines } from '@/shared/log'
import { type Taken, useSocket } from '@/shared/socket'
import type { Block, Fault, Run } from '@/shared/wire'

export type RunView = {
  run: Run | undefined
  fault: Fault | undefined // why there is no such run, or none for this person
  lines: Lines
  phase: 'loading' | 'replay' | 'live' | 'behind' | 'over'
}

export function useRun(id: string): RunView {
  const socket = useSocket()
  const lab = useContext(LabContext)
  const fromLab = useLab((s) => s.runs.find((r) => r.id === id))
  const [view, setView] = useState<RunView>(() => begin())

  useEffect(() => {
    const store = new LineStore()
    const change = (c: Partial<RunView>) => setView((v) => ({ ...v, ...c }))
    setView({ ...begin(), lines: store })
    const rule = new Rule(store)
    return socket.enter(
      `run:${id}`,
      {
        snapshot: (d) => change({ run: d as Run, fault: undefined, phase: 'replay' }),
        event: (ev, d) => {
          if (ev === 'block') return rule.take(d as Block)
          if (ev === 'end') {
            lab?.run(d as Run)
            change({ run: d as Run, phase: 'over' })
          }
          return 'taken'
        },
        live: () => setView((v) => (v.phase === 'over' ? v : { ...v, phase: 'live' })),
        lag: () => change({ phase: 'behind' }),
        refused: (code, message, hint) => change({ fault: { code, message, hint } }),
      },
      { resume: true },
    )
  }, [socket, lab, id])

  return { ...view, run: newer(view.run, fromLab) }
}

const begin = (): RunView => ({
  run: undefined,
  fault: undefined,
  lines: new LineStore(),
  phase: 'loading',
})

// Rule answers a block that is ahead by asking for the room again; where that
// brings the same block, what is between is missing and shown as such.
class Rule {
  readonly #store: LineStore
  #ahead = 0

  constructor(store: LineStore) {
    this.#store = store
  }

  take(block: Block): Taken {
    const taken = this.#store.append(block)
    if (taken !== 'ahead') return taken
    if (this.#ahead !== this.#store.next) {
      this.#ahead = this.#store.next
      return 'ahead'
    }
    this.#store.skip(block.first, 'the relay did not send them')
    return this.#store.append(block)
  }
}

// newer joins what the room and the lab know: the room's end is the last word,
// before it the lab hears of changes first. Lists cut the command.
function newer(run: Run | undefined, fromLab: Run | undefined): Run | undefined {
  if (!run || !fromLab) return run ?? fromLab
  if (run.state === 'ended') return run
  return { ...fromLab, command: run.command }
}
