// The page's side of the connection: the socket's face, held by a worker.
import { createStore } from 'zustand/vanilla'
import type { ToHandle } from '@/shared/log/messages'
import {
  type Connection,
  type Link,
  noAnswer,
  notYet,
  RequestError,
  type RoomHandlers,
  type Said,
  streamPort,
} from '@/shared/socket'
import type { Fault } from '@/shared/wire'
import type { RoomCall, ToPage, ToWorker } from './messages'

// Post is how the worker is told something; it calls `take` with its answers.
type Post = (message: ToWorker, transfer?: Transferable[]) => void

type Pending = { resolve: (d: unknown) => void; reject: (e: RequestError) => void }

export class Remote implements Link {
  readonly connection = createStore<Connection>(() => notYet)
  readonly #post: Post
  readonly #rooms = new Map<number, RoomHandlers>()
  readonly #pending = new Map<number, Pending>()
  readonly #logs = new Set<MessagePort>()
  #next = 1
  #isDead = false

  constructor(url: string, post: Post) {
    this.#post = post
    post({ k: 'start', url })
  }

  connect(): void {
    this.#post({ k: 'connect' })
  }

  disconnect(): void {
    this.#post({ k: 'disconnect' })
  }

  seen(is: boolean): void {
    this.#post({ k: 'seen', is })
  }

  wake(): void {
    this.#post({ k: 'wake' })
  }

  enter(room: string, handlers: RoomHandlers, { resume = false } = {}): () => void {
    const n = this.#next++
    this.#rooms.set(n, handlers)
    this.#post({ k: 'enter', n, room, resume })
    return () => {
      if (this.#rooms.delete(n)) this.#post({ k: 'leave', n })
    }
  }

  request<T>(m: string, d: unknown, ttl?: number): Promise<T> {
    return this.#ask((i) => ({ k: 'request', i, m, d, ...(ttl ? { ttl } : {}) }))
  }

  say<T>(event: Said): Promise<T> {
    return this.#ask((i) => ({ k: 'say', i, event }))
  }

  #ask<T>(question: (i: number) => ToWorker): Promise<T> {
    if (this.#isDead) return Promise.reject(new RequestError(stopped, false))
    const i = this.#next++
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(i, { resolve: resolve as (d: unknown) => void, reject })
      this.#post(question(i))
    })
  }

  log(run: string): MessagePort {
    const { port1, port2 } = new MessageChannel()
    if (this.#isDead) queueMicrotask(() => bury(port1))
    else this.#post({ k: 'log', run, port: port2 }, [port2])
    this.#logs.add(port1)
    const close = port1.close.bind(port1)
    port1.close = () => {
      this.#logs.delete(port1)
      close()
    }
    return port1
  }

  // died is for a worker that failed: whoever waits for it is told, and what
  // the page shows stays.
  died(why: string | undefined): void {
    if (this.#isDead) return
    this.#isDead = true
    const { asOf } = this.connection.getState()
    this.connection.setState({
      phase: 'stopped',
      asOf: asOf ?? Date.now(),
      retryAt: undefined,
      reason: why || 'its program did not load',
    })
    for (const { reject } of this.#pending.values()) reject(new RequestError(noAnswer, true))
    this.#pending.clear()
    for (const port of this.#logs) bury(port)
  }

  take(message: ToPage): void {
    if (message.k === 'connection') this.connection.setState(message.connection)
    else if (message.k === 'stream') {
      const port = streamPort()
      this.#post({ k: 'stream', port }, port ? [port] : [])
    } else if (message.k === 'room') call(this.#rooms.get(message.n), message.call, message.with)
    else {
      const pending = this.#pending.get(message.i)
      this.#pending.delete(message.i)
      if (message.error) pending?.reject(new RequestError(message.error.fault, message.error.sent))
      else pending?.resolve(message.value)
    }
  }
}

const stopped: Fault = {
  code: 'stopped',
  message: 'This page has stopped',
  hint: 'Reload it. Runs go on without it.',
  retry: false,
}

// bury tells a log that nothing will come any more.
function bury(port: MessagePort): void {
  const message: ToHandle = { state: { fault: stopped } }
  port.onmessage?.(new MessageEvent('message', { data: message }))
}

function call(handlers: RoomHandlers | undefined, name: RoomCall, args: unknown[]): void {
  if (handlers) (handlers[name] as ((...a: unknown[]) => void) | undefined)?.apply(handlers, args)
}
