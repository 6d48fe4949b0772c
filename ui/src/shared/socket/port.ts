// One event stream per browser, seen from a tab: the wire's other end lives in a
// SharedWorker and is reached by a port. HTTP/1.1 allows six connections a
// host, so a stream a tab would leave none for anything else.
import { Shared, type Tab } from './shared'
import { lost, type Wire } from './wire'

type Up =
  | { wire: string; kind: 'open'; lock?: string }
  | { wire: string; kind: 'send'; text: string }
  | { wire: string; kind: 'close' }
type Down =
  | { wire: string; kind: 'here' | 'open' }
  | { wire: string; kind: 'message'; data: string }
  | { wire: string; kind: 'close'; code: number }

// PortLike is what is used of a MessagePort.
export type PortLike = {
  postMessage(message: unknown): void
  onmessage: ((e: MessageEvent) => void) | null
}

const hereWithin = 8_000 // a browser under load takes seconds to start a worker
const silentFor = 150_000 // a hidden tab's timers run once a minute
const sweepEvery = 30_000

// PortWire is a tab's end. Where the worker does not answer, it opens a stream
// of its own.
export class PortWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #port: PortLike
  readonly #name = `tab-${Math.random().toString(36).slice(2)}`
  readonly #timer: ReturnType<typeof setTimeout>
  #own: Wire | undefined
  #letGo: (() => void) | undefined
  #isOver = false

  constructor(port: PortLike, own: () => Wire) {
    this.#port = port
    port.onmessage = (e) => this.#take(e.data as Down)
    this.#timer = setTimeout(() => this.#alone(own), hereWithin)
    this.#open().catch(() => this.#alone(own))
  }
  send(text: string): void {
    if (this.#own) this.#own.send(text)
    else if (!this.#isOver) this.#say({ wire: this.#name, kind: 'send', text })
  }

  close(): void {
    this.onopen = this.onmessage = this.onclose = null
    this.#own?.close()
    if (!this.#isOver) this.#say({ wire: this.#name, kind: 'close' })
    this.#end()
  }

  // The lock is let go when the tab is gone, however it went: that is how the
  // worker knows. Without locks (plain HTTP) it waits for a long silence.
  async #open(): Promise<void> {
    const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
    if (!locks) {
      this.#say({ wire: this.#name, kind: 'open' })
      return
    }
    await new Promise<void>((held, failed) => {
      const until = new Promise<void>((letGo) => {
        this.#letGo = letGo
      })
      const hold = () => {
        held()
        return until
      }
      locks.request(this.#name, hold).catch(failed)
    })
    if (!this.#isOver) this.#say({ wire: this.#name, kind: 'open', lock: this.#name })
  }

  #alone(own: () => Wire): void {
    if (this.#isOver || this.#own) return
    clearTimeout(this.#timer)
    this.#say({ wire: this.#name, kind: 'close' })
    this.#own = own()
    this.#own.onopen = (e) => this.onopen?.(e)
    this.#own.onmessage = (e) => this.onmessage?.(e)
    this.#own.onclose = (e) => this.onclose?.(e)
  }

  #take(m: Down): void {
    if (m.wire !== this.#name || this.#isOver || this.#own) return
    clearTimeout(this.#timer)
    if (m.kind === 'open') this.onopen?.({})
    if (m.kind === 'message') this.onmessage?.({ data: m.data })
    if (m.kind === 'close') {
      this.#end()
      this.onclose?.({ code: m.code })
    }
  }

  #end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#letGo?.()
  }

  #say(m: Up): void {
    this.#port.postMessage(m)
  }
}

// Ports is the worker's end: it serves the ports of all tabs.
export class Ports {
  readonly #shared: Shared
  readonly #tabs = new Map<string, { tab: Tab; heard: number; isLocked: boolean }>()

  constructor(open: () => Wire) {
    this.#shared = new Shared(open)
    setInterval(() => this.#sweep(), sweepEvery)
  }

  serve(port: PortLike): void {
    port.onmessage = (e) => this.#take(port, e.data as Up)
  }

  #take(port: PortLike, m: Up): void {
    const known = this.#tabs.get(m.wire)
    if (known) known.heard = Date.now()
    if (m.kind === 'open') this.#open(port, m.wire, m.lock)
    else if (m.kind === 'close') this.#gone(m.wire)
    else if (known) this.#shared.say(known.tab, m.text)
    else port.postMessage({ wire: m.wire, kind: 'close', code: lost } satisfies Down)
  }

  #open(port: PortLike, wire: string, lock: string | undefined): void {
    const say = (m: Down) => port.postMessage(m)
    const tab: Tab = {
      opened: () => say({ wire, kind: 'open' }),
      message: (data) => say({ wire, kind: 'message', data }),
      closed: (code) => {
        this.#tabs.delete(wire)
        say({ wire, kind: 'close', code })
      },
    }
    this.#tabs.set(wire, { tab, heard: Date.now(), isLocked: lock !== undefined })
    say({ wire, kind: 'here' })
    this.#shared.attach(tab)
    if (lock) navigator.locks.request(lock, () => this.#gone(wire)).catch(() => undefined)
  }

  #gone(wire: string): void {
    const known = this.#tabs.get(wire)
    this.#tabs.delete(wire)
    if (known) this.#shared.detach(known.tab)
  }

  #sweep(): void {
    for (const [wire, { heard, isLocked }] of this.#tabs) {
      if (!isLocked && Date.now() - heard > silentFor) this.#gone(wire)
    }
  }
}
