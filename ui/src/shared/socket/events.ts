// An event stream as a wire: GET /events comes down, POST /api/v1/events goes
// up, one at a time so that the order holds. Reads by fetch, which unlike
// EventSource tells why it was refused, and works in every worker.
import type { Frame } from '@/shared/wire'
import { lost, type Wire } from './wire'

const upTo = 256 // frames in a POST
const bytesUpTo = 900_000 // characters, for a body of 1 MiB

export class EventsWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #fetch: typeof fetch
  readonly #stop = new AbortController()
  #conn = ''
  #code = lost
  #waiting: string[] = []
  #isPosting = false
  #isOver = false

  constructor(fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetcher
    this.#read().catch(() => this.#end())
  }

  // The stream has said hello by its cookie, and beats need no answer.
  send(text: string): void {
    if (this.#isOver || text.startsWith('{"t":"hello"') || text.startsWith('{"t":"pong"')) return
    this.#waiting.push(text)
    queueMicrotask(() => this.#post())
  }

  close(): void {
    this.onopen = this.onmessage = this.onclose = null
    this.#end()
  }

  async #read(): Promise<void> {
    const response = await this.#fetch('/events', {
      headers: { accept: 'text/event-stream' },
      cache: 'no-store',
      signal: this.#stop.signal,
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!response.ok || !isStream || !response.body) {
      this.#end()
      return
    }
    this.onopen?.({})
    const reader = response.body.getReader()
    const text = new TextDecoder()
    const events = new EventReader()
    while (!this.#isOver) {
      const { done, value } = await reader.read()
      if (done) break
      this.#take(events.read(text.decode(value, { stream: true })))
    }
    this.#end()
  }

  #take(messages: string[]): void {
    if (messages.length === 0) return
    for (const message of messages) {
      const kind = /^\{"t":"(welcome|bye)"/.exec(message)?.[1]
      if (!kind) continue
      const frame = JSON.parse(message) as Frame
      if (kind === 'welcome') this.#conn = frame.conn ?? ''
      else this.#code = frame.code ?? lost
    }
    this.onmessage?.({ data: messages.join('\n') })
    this.#post()
  }

  async #post(): Promise<void> {
    if (this.#isPosting || !this.#conn || this.#waiting.length === 0 || this.#isOver) return
    this.#isPosting = true
    const body = `{"conn":${JSON.stringify(this.#conn)},"frames":[${this.#batch().join(',')}]}`
    try {
      const response = await this.#fetch('/api/v1/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: this.#stop.signal,
      })
      // What became of a request is not known: like a cut, and never sent twice.
      if (!response.ok) this.#end()
    } catch {
      this.#end()
    }
    this.#isPosting = false
    this.#post()
  }

  #batch(): string[] {
    let n = 0
    let size = 0
    while (n < this.#waiting.length && n < upTo) {
      size += this.#waiting[n]!.length
      if (n > 0 && size > bytesUpTo) break
      n++
    }
    return this.#waiting.splice(0, n)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waiting = []
    this.#stop.abort()
    this.onclose?.({ code: this.#code })
  }
}

// EventReader gives the data of the events of a stream that comes in pieces.
export class EventReader {
  #rest = ''

  read(piece: string): string[] {
    const text = this.#rest + piece
    const found: string[] = []
    let from = 0
    for (;;) {
      const to = text.indexOf('\n\n', from)
      if (to < 0) break
      const data = dataOf(text.slice(from, to))
      if (data !== '') found.push(data)
      from = to + 2
    }
    this.#rest = text.slice(from)
    return found
  }
}

function dataOf(event: string): string {
  if (event.startsWith('data: ') && !event.includes('\n')) return event.slice(6)
  return event
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(line[5] === ' ' ? 6 : 5))
    .join('\n')
}
