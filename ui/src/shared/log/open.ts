// A run's log over the store in this page.
import { createStore } from 'zustand/vanilla'
import type { RoomHandlers, Taken } from '@/shared/socket'
import type { Block, Run } from '@/shared/wire'
import type { Row } from './lines'
import { type Log, type LogState, mark, none } from './log'
import { LineStore } from './store'

type Rooms = {
  enter(name: string, handlers: RoomHandlers, options?: { resume?: boolean }): () => void
}

const tellEvery = 50 // ms

export function openLog(socket: Rooms, id: string): Log {
  const store = new LineStore()
  const state = createStore<LogState>(() => none)
  const watchers = new Set<() => void>()
  const rule = new Rule(store)
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    timer = undefined
    const { rows, next, missing, err, longest } = store
    const byLevel = { ...store.byLevel }
    state.setState({ rows, lines: next - 1 - missing, next, missing, err, longest, byLevel })
    for (const changed of watchers) changed()
  }
  store.watch(() => {
    timer ??= setTimeout(tell, tellEvery)
  })
  const leave = socket.enter(
    `run:${id}`,
    {
      snapshot: (d) => state.setState({ run: d as Run, fault: undefined, phase: 'replay' }),
      event: (ev, d) => {
        if (ev === 'block') return rule.take(d as Block)
        if (ev === 'end') state.setState({ run: d as Run, phase: 'over' })
        return 'taken'
      },
      live: () => state.setState((s) => ({ phase: s.phase === 'over' ? 'over' : 'live' })),
      lag: () => state.setState({ phase: 'behind' }),
      refused: (code, message, hint) => state.setState({ fault: { code, message, hint } }),
    },
    { resume: true },
  )
  const all = function* (): Generator<Row> {
    for (let i = 0; i < store.rows; i++) yield store.row(i)
  }
  return {
    state,
    rows: (from, count) =>
      Array.from({ length: Math.max(0, Math.min(count, store.rows - from)) }, (_, i) =>
        store.row(from + i),
      ),
    watch: (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    filter: (filter) => state.setState({ filter }),
    search: (query) => state.setState({ found: query && { query, total: 0, busy: false } }),
    step: async (kind, fromLine, by) => {
      const is = (row: Row) =>
        row.kind === 'line' &&
        (kind === 'warn' ? row.level === 'warn' : row.level === 'error' || row.level === 'fatal')
      for (let i = store.rowOf(fromLine) + by; i >= 0 && i < store.rows; i += by) {
        const row = store.row(i)
        if (is(row) && row.kind === 'line') return { line: row.n, row: i }
      }
      return undefined
    },
    rowOf: async (line) => store.rowOf(line),
    text: async ({ from, to }) =>
      [...all()]
        .flatMap((r) => (r.kind === 'line' && r.n >= from && r.n <= to ? [r.text] : []))
        .join('\n'),
    marks: async (buckets) => {
      const out = new Uint8Array(buckets)
      let i = 0
      for (const row of all()) {
        const at = Math.floor((i++ * buckets) / store.rows)
        if (row.kind === 'gap') out[at]! |= mark.gap
        else if (row.level === 'warn' || row.level === 'error' || row.level === 'fatal')
          out[at]! |= mark[row.level]
      }
      return out
    },
    html: async () => new Blob([]),
    load: async () => undefined,
    close: () => {
      clearTimeout(timer)
      leave()
    },
  }
}

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
