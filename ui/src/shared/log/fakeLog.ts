// A log for tests of what is drawn: lines made up by number, in this page.
import { createStore } from 'zustand/vanilla'
import type { LineRow, Row } from './lines'
import { emptyLog, type Log, type LogState, none } from './log'

export class FakeLog {
  rows: Row[] = []
  hidden = new Set<number>() // rows that are not at hand
  loaded: number[] = []
  readonly #watchers = new Set<() => void>()
  readonly state = createStore<LogState>(() => none)

  // log is the handle that a pane is given.
  readonly log: Log = {
    ...emptyLog,
    state: this.state,
    rows: (from, count) =>
      Array.from({ length: Math.max(0, Math.min(count, this.rows.length - from)) }, (_, i) =>
        this.hidden.has(from + i) ? undefined : this.rows[from + i],
      ),
    watch: (changed) => {
      this.#watchers.add(changed)
      return () => this.#watchers.delete(changed)
    },
    rowOf: async (line) => {
      const at = this.rows.findIndex((r) =>
        r.kind === 'line' ? r.n >= line : (r.to ?? r.from) >= line,
      )
      return at < 0 ? Math.max(0, this.rows.length - 1) : at
    },
    load: async (gap) => {
      this.loaded.push(gap)
    },
  }

  print(count: number, more: Partial<LineRow> = {}): this {
    for (let i = 0; i < count; i++) this.rows.push(line(this.#next, more))
    return this.tell()
  }

  gap(count: number, canLoad: boolean): this {
    const from = this.#next
    this.rows.push({
      kind: 'gap',
      from,
      to: from + count - 1,
      reason: 'the spool was full',
      canLoad,
    })
    return this.tell()
  }

  tell(change: Partial<LogState> = {}): this {
    const lines = this.rows.filter((r): r is LineRow => r.kind === 'line')
    const byLevel = { ...none.byLevel }
    for (const row of lines) byLevel[row.level]++
    this.state.setState({
      rows: this.rows.length,
      lines: lines.length,
      next: this.#next,
      longest: 80,
      phase: 'live',
      byLevel,
      err: lines.filter((r) => r.stream === 'err').length,
      ...change,
    })
    for (const changed of this.#watchers) changed()
    return this
  }

  get #next(): number {
    const last = this.rows.at(-1)
    return last === undefined ? 1 : (last.kind === 'line' ? last.n : last.to!) + 1
  }
}

export const line = (n: number, more: Partial<LineRow> = {}): LineRow => ({
  kind: 'line',
  n,
  at: 1_760_000_000_000 + n * 1000,
  stream: 'out',
  level: 'info',
  text: `line ${n}`,
  goesOn: false,
  ...more,
})
