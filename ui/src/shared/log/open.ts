// The page's side of a log: rows that are at hand, questions under way. The
// lines themselves are behind the port.
import { createStore } from 'zustand/vanilla'
import type { Row } from './lines'
import { type Log, type LogState, none, type Place } from './log'
import type { Asks, PortLike, ToDesk, ToHandle } from './messages'

// Whoever holds the connection opens logs.
type Logs = { log(id: string): PortLike }

const margin = 120 // rows beyond what is shown: a key's or a wheel's way
const tailMargin = 60 // fewer in a flood, where all of them are new each time
const keptAtMost = 4000
const fewRows = 2 // not a window but a question about a row

export function openLog(logs: Logs, id: string): Log {
  return new Handle(logs.log(id))
}

export class Handle implements Log {
  readonly state = createStore<LogState>(() => none)
  readonly #port: PortLike
  readonly #watchers = new Set<() => void>()
  readonly #asked = new Map<number, { resolve: (v: never) => void; reject: (e: Error) => void }>()
  #rows = new Map<number, Row>()
  #want = { from: 0, count: 0, isTail: true }
  #peeked = new Set<number>()
  #tail: [number, number][] = [] // which rows came as the newest ones
  #next = 1
  #isClosed = false

  constructor(port: PortLike) {
    this.#port = port
    port.onmessage = (e) => this.#take(e.data as ToHandle)
  }

  rows(from: number, count: number): (Row | undefined)[] {
    const total = this.state.getState().rows
    const to = Math.min(from + count, total)
    const out: (Row | undefined)[] = []
    for (let i = from; i < to; i++) out.push(this.#rows.get(i))
    if (count <= fewRows) this.#peek(from, out)
    else this.#ask(from, to, count, total)
    return out
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  filter(filter?: LogState['filter']): void {
    this.#send({ m: 'filter', filter })
  }

  search(query?: Parameters<Log['search']>[0]): void {
    this.#send({ m: 'search', query })
  }

  step(...args: Asks['step']): Promise<Place | undefined> {
    return this.#question('step', args)
  }

  rowOf(...args: Asks['rowOf']): Promise<number> {
    return this.#question('rowOf', args)
  }

  text(...args: Asks['text']): Promise<string> {
    return this.#question('text', args)
  }

  marks(...args: Asks['marks']): ReturnType<Log['marks']> {
    return this.#question('marks', args)
  }

  html(): Promise<Blob> {
    return this.#question('html', [])
  }

  load(...args: Asks['load']): Promise<void> {
    return this.#question('load', args)
  }

  close(): void {
    if (this.#isClosed) return
    this.#send({ m: 'close' })
    this.#isClosed = true
    for (const { reject } of this.#asked.values()) reject(new Error('closed'))
    this.#asked.clear()
    this.#watchers.clear()
    this.#port.close()
  }

  #take(message: ToHandle): void {
    if (this.#isClosed) return
    const { answer, rows, state } = message
    if (answer) this.#answered(answer)
    if (message.isFresh) {
      this.#rows.clear()
      this.#tail = []
    }
    if (message.isFresh || rows) this.#peeked.clear()
    if (rows) this.#keep(rows.from, rows.rows)
    // The newest rows come with the news of them.
    if (rows && state) this.#forget(rows.from, rows.from + rows.rows.length)
    const isChanged = message.isFresh || message.isAgain
    if (isChanged || (state && Object.keys(state).length > 0)) {
      const version = this.state.getState().version + (isChanged ? 1 : 0)
      this.state.setState({ ...state, version })
    }
    if (!answer) for (const changed of this.#watchers) changed()
  }

  #keep(from: number, rows: (Row | undefined)[]): void {
    if (this.#rows.size > keptAtMost) {
      const { from: near, count } = this.#want
      const kept = [...this.#rows].filter(([i]) => i >= near - margin && i < near + count + margin)
      this.#rows = new Map(kept)
    }
    rows.forEach((row, i) => {
      if (row) this.#rows.set(from + i, row)
    })
  }

  // forget lets go of rows that a flood has left behind while they are young:
  // older garbage stays for long. Rows that were asked for stay.
  #forget(from: number, to: number): void {
    const { isTail, count } = this.#want
    if (!isTail) return
    this.#tail.push([from, to])
    while (this.#tail[0]![1] < to - 2 * count) {
      const [first, end] = this.#tail.shift()!
      for (let i = first; i < end; i++) this.#rows.delete(i)
    }
  }

  // peek asks for rows beside the window, each once until an answer came.
  #peek(from: number, at: (Row | undefined)[]): void {
    const isMissing = at.some((row, i) => !row && !this.#peeked.has(from + i))
    if (!isMissing) return
    for (let i = 0; i < at.length; i++) this.#peeked.add(from + i)
    this.#send({ m: 'peek', from, count: at.length })
  }

  // ask wants the window and a margin, unless that is what was asked already.
  #ask(from: number, to: number, count: number, total: number): void {
    const isTail = to >= total
    const before = this.#want
    if (isTail && before.isTail && before.count >= count + tailMargin) return
    const low = Math.max(0, from - margin)
    const high = Math.min(total, to + margin)
    const isWithin =
      before.from <= Math.max(0, from - margin / 2) &&
      before.from + before.count >= Math.min(total, to + margin / 2)
    if (!isTail && !before.isTail && isWithin) return
    this.#want = isTail
      ? { from: Math.max(0, total - count - tailMargin), count: count + tailMargin, isTail }
      : { from: Math.max(0, low - margin), count: high - low + 2 * margin, isTail }
    this.#send({ m: 'want', ...this.#want })
  }

  #question<T>(what: keyof Asks, args: unknown[]): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error('closed'))
    const i = this.#next++
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(i, { resolve: resolve as (v: never) => void, reject })
      this.#send({ m: 'ask', i, what, with: args })
    })
  }

  #answered({ i, value, fault }: NonNullable<ToHandle['answer']>): void {
    const asked = this.#asked.get(i)
    this.#asked.delete(i)
    if (fault !== undefined) asked?.reject(new Error(fault))
    else asked?.resolve(value as never)
  }

  #send(message: ToDesk): void {
    if (!this.#isClosed) this.#port.postMessage(message)
  }
}
