// Serves one handle of a page: its view of a run (filter, search), the rows it
// wants, its questions. At most twenty times a second it says what has changed.
import type { LineRow, Row } from '../lines'
import { type Filter, type LogState, none, type Query } from '../log'
import type { PortLike, ToDesk, ToHandle } from '../messages'
import { type Answers, answers } from './answers'
import type { Feed } from './feed'
import { searchOf, testOf } from './filter'
import type { RegexRunner } from './regex'
import { type Seeker, seekerOf } from './seek'
import type { Segment } from './segment'
import { Sieve } from './sieve'
import { isGap } from './store'

const tellEvery = 50 // ms
const againAfter = 1000 // ms, where lines could not be fetched
const atOnce = 3 // segments; HTTP/1.1 allows six connections a host

export class Desk {
  readonly #feed: Feed
  readonly #port: PortLike
  readonly #runner: () => RegexRunner
  readonly #answers: Answers
  readonly #stop: () => void
  #view: Sieve
  #filter: Filter | undefined
  #filterFault: string | undefined
  #filterSeeker: Seeker | undefined
  #query: Query | undefined
  #queryFault: string | undefined
  #seeker: Seeker | undefined
  #hits: Sieve | undefined
  #want = { from: 0, count: 0, isTail: true }
  #sent = 0 // wanted rows below this one are with the page
  #reshaped = 0
  #isFresh = false
  #told: Partial<LogState> = {}
  #timer: ReturnType<typeof setTimeout> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #toldAt = 0

  constructor(feed: Feed, port: PortLike, runner: () => RegexRunner, closed: () => void) {
    this.#feed = feed
    this.#port = port
    this.#runner = runner
    this.#view = this.#sieve()
    this.#answers = answers(feed, () => ({ view: this.#view, hits: this.#hits }))
    this.#stop = feed.watch(() => this.#soon())
    port.onmessage = (e) => {
      const message = e.data as ToDesk
      if (message.m === 'close') {
        this.#close()
        closed()
      } else this.#take(message)
    }
    this.#soon()
  }

  #take(message: Exclude<ToDesk, { m: 'close' }>): void {
    if (message.m === 'want') {
      const { from, count, isTail } = message
      this.#want = { from, count, isTail }
      this.#sent = 0
      const due = this.#due()
      this.#rows(due.first, due.end - due.first)
      this.#sent = due.end
    } else if (message.m === 'peek') {
      this.#rows(message.from, message.count)
    } else if (message.m === 'filter') {
      this.#filter = message.filter
      this.#reshape()
    } else if (message.m === 'search') {
      this.#query = message.query
      this.#seek()
      this.#isFresh = true
    } else void this.#answer(message.i, message.what, message.with)
    this.#soon()
  }

  async #answer(i: number, what: keyof Answers, args: unknown[]): Promise<void> {
    try {
      const value = await (this.#answers[what] as (...a: unknown[]) => unknown)(...args)
      this.#say({ answer: { i, value } })
    } catch (e) {
      this.#say({ answer: { i, fault: e instanceof Error ? e.message : String(e) } })
    }
  }

  #sieve(test?: ConstructorParameters<typeof Sieve>[1], above?: Sieve): Sieve {
    return new Sieve(this.#feed.store, test, above, () => this.#soon())
  }

  // reshape makes the view anew: another filter, or other chunks in the store.
  #reshape(): void {
    this.#view.close()
    this.#filterSeeker?.close()
    this.#filterSeeker = undefined
    this.#filterFault = undefined
    try {
      const { test, seeker } = testOf(this.#filter, this.#feed.store, this.#runner)
      this.#filterSeeker = seeker
      this.#view = this.#sieve(test)
    } catch (e) {
      // An expression that does not parse, as while it is typed, hides nothing.
      this.#filterFault = e instanceof Error ? e.message : String(e)
      this.#view = this.#sieve()
    }
    this.#seek()
    this.#isFresh = true
  }

  #seek(): void {
    this.#hits?.close()
    this.#seeker?.close()
    this.#hits = undefined
    this.#seeker = undefined
    this.#queryFault = undefined
    if (!this.#query?.text) return
    try {
      this.#seeker = seekerOf(this.#query, this.#runner)
      this.#hits = this.#sieve(searchOf(this.#feed.store, this.#seeker), this.#view)
    } catch (e) {
      this.#queryFault = e instanceof Error ? e.message : String(e)
    }
  }

  #soon(): void {
    const wait = this.#toldAt + tellEvery - performance.now()
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, wait))
  }

  #tell(): void {
    this.#timer = undefined
    this.#toldAt = performance.now()
    if (this.#reshaped !== this.#feed.store.reshaped) {
      this.#reshaped = this.#feed.store.reshaped
      this.#reshape()
    }
    this.#view.advance()
    this.#hits?.advance()
    const message: ToHandle = { state: this.#news() }
    if (this.#isFresh) {
      this.#isFresh = false
      this.#sent = 0
      message.isFresh = true
    }
    const { first, end } = this.#due()
    if (end > first) {
      message.rows = { from: first, rows: this.#collect(first, end - first) }
      this.#sent = end
    }
    this.#say(message)
  }

  // due is what is wanted of the view as it is now and not with the page yet.
  // A view that is sieved anew grows from nothing: no row goes before it is there,
  // and where the tail was when it was asked for means nothing any more.
  #due(): { first: number; end: number } {
    const { from, count, isTail } = this.#want
    const { total } = this.#view
    const first = Math.max(this.#sent, isTail ? total - count : from, 0)
    return { first, end: isTail ? total : Math.min(from + count, total) }
  }

  #news(): Partial<LogState> {
    const { store, run, fault, phase } = this.#feed
    const sum = Object.values(store.byLevel).reduce((a, b) => a + b, 0)
    const now: LogState = {
      ...none,
      run,
      fault,
      phase,
      rows: this.#view.total,
      lines: sum,
      next: store.next,
      missing: store.missing,
      byLevel:
        this.#told.lines === sum && this.#told.byLevel ? this.#told.byLevel : { ...store.byLevel },
      err: store.err,
      longest: store.longest,
      filter: this.#filter,
      isFiltering: this.#view.isBusy,
      filterFault: this.#filterFault ?? this.#view.fault,
      found: this.#found(),
    }
    const news: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(now))
      if (key !== 'version' && this.#told[key as keyof LogState] !== value) news[key] = value
    this.#told = now
    return news as Partial<LogState>
  }

  #found(): LogState['found'] {
    if (!this.#query?.text) return undefined
    const found = {
      query: this.#query,
      total: this.#hits?.total ?? 0,
      busy: this.#hits?.isBusy ?? false,
      fault: this.#queryFault ?? this.#hits?.fault,
    }
    const told = this.#told.found
    const isSame =
      told &&
      told.query === found.query &&
      told.total === found.total &&
      told.busy === found.busy &&
      told.fault === found.fault
    return isSame ? told : found
  }

  // rows answers a wish for rows apart from the news, once one of them is here:
  // an answer without any would be asked for again at once, and without end.
  #rows(from: number, count: number): void {
    const rows = this.#collect(from, Math.min(count, this.#view.total - from))
    if (rows.some((row) => row)) this.#say({ rows: { from, rows } })
  }

  // collect gives the rows whose text is here; it has the others fetched, and
  // hits of a regular expression added, and sends them then.
  #collect(from: number, count: number): (Row | undefined)[] {
    const { store } = this.#feed
    const rows: (Row | undefined)[] = []
    const missing = new Map<Segment, number[]>() // and which rows are of it
    for (let i = from; i < from + count; i++) {
      const row = this.#row(i)
      const segment = store.chunks[this.#view.place(i).chunk]!
      if (!row && !isGap(segment)) missing.set(segment, [...(missing.get(segment) ?? []), i])
      rows.push(row)
    }
    if (missing.size > 0) this.#fetch(missing, from, rows)
    this.#mark(from, rows)
    return rows
  }

  #row(i: number): Row | undefined {
    const { chunk, offset } = this.#view.place(i)
    return this.#feed.store.row(chunk, offset)
  }

  // fetch has the text of segments put back, and takes the rows out as soon as
  // it is there: all of it together may be more than the store holds.
  #fetch(missing: Map<Segment, number[]>, from: number, rows: (Row | undefined)[]): void {
    const { store } = this.#feed
    const view = this.#view
    // Where the relay no longer had them, the view is another one by now.
    const isSame = () => this.#view === view && this.#reshaped === store.reshaped
    const todo = [...missing]
    let toldAt = performance.now()
    const one = async () => {
      for (let next = todo.shift(); next && isSame(); next = todo.shift()) {
        const [segment, at] = next
        await store.need(segment, () => {
          if (isSame()) for (const i of at) rows[i - from] = this.#row(i)
        })
        if (!isSame()) return
        if (performance.now() - toldAt < againAfter || todo.length === 0) continue
        toldAt = performance.now()
        this.#say({ rows: { from, rows } })
      }
    }
    Promise.all(Array.from({ length: atOnce }, one)).then(
      () => {
        if (!isSame() || !rows.some((row) => row)) return
        this.#mark(from, rows)
        this.#say({ rows: { from, rows } })
      },
      () => {
        clearTimeout(this.#again)
        this.#again = setTimeout(() => this.#rows(this.#want.from, this.#want.count), againAfter)
      },
    )
  }

  #mark(from: number, rows: (Row | undefined)[]): void {
    const seeker = this.#seeker
    if (!seeker || this.#queryFault || this.#hits?.fault) return
    const lines = rows.filter((r): r is LineRow => r?.kind === 'line')
    const found = seeker.ranges(lines.map((l) => l.text))
    if (!(found instanceof Promise)) {
      put(lines, found)
      return
    }
    const view = this.#view
    found.then(
      (ranges) => {
        if (this.#seeker !== seeker || this.#view !== view) return
        if (put(lines, ranges)) this.#say({ rows: { from, rows }, isAgain: true })
      },
      () => undefined, // the search itself tells
    )
  }

  #say(message: ToHandle): void {
    this.#port.postMessage(message)
  }

  #close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#again)
    this.#stop()
    this.#view.close()
    this.#hits?.close()
    this.#seeker?.close()
    this.#filterSeeker?.close()
    this.#port.close()
  }
}

function put(lines: LineRow[], ranges: readonly LineRow['hits'][]): boolean {
  let isAny = false
  for (let i = 0; i < lines.length; i++) {
    const hits = ranges[i]
    if (!hits?.length) continue
    lines[i]!.hits = hits
    isAny = true
  }
  return isAny
}
