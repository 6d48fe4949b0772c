// The worker's side: the one connection, and the lines of the runs that pages
// look at. Blocks stay here; a page gets rows, events and answers.
import { Desk, Feed, type RegexRunner, type Source } from '@/shared/log/data'
import {
  openStream,
  RequestError,
  type RoomHandlers,
  type Socket,
  type Wire,
} from '@/shared/socket'
import { LatePort } from './latePort'
import type { RoomCall, ToPage, ToWorker } from './messages'

type HostConfig = {
  socket: (url: string, stream: () => Wire) => Socket
  runner: () => RegexRunner
  source: (run: string) => Source
}

export class Host {
  readonly #config: HostConfig
  readonly #post: (message: ToPage) => void
  readonly #leaves = new Map<number, () => void>()
  readonly #feeds = new Map<string, { feed: Feed; desks: number }>()
  #socket: Socket | undefined
  #port = new LatePort()

  constructor(config: HostConfig, post: (message: ToPage) => void) {
    this.#config = config
    this.#post = post
  }

  take(message: ToWorker): void {
    if (message.k === 'start') {
      const socket = this.#config.socket(message.url, () => this.#stream())
      socket.connection.subscribe((connection) => this.#post({ k: 'connection', connection }))
      this.#socket = socket
      return
    }
    if (message.k === 'stream') {
      this.#port.attach(message.port)
      return
    }
    const socket = this.#socket
    if (!socket) return // a page that starts nothing gets nothing
    if (message.k === 'connect') socket.connect()
    else if (message.k === 'disconnect') socket.disconnect()
    else if (message.k === 'seen') socket.seen(message.is)
    else if (message.k === 'wake') socket.wake()
    else if (message.k === 'enter') {
      this.#leaves.set(message.n, socket.enter(message.room, this.#told(message.n), message))
    } else if (message.k === 'leave') {
      this.#leaves.get(message.n)?.()
      this.#leaves.delete(message.n)
    } else if (message.k === 'request') {
      void this.#answer(message.i, socket.request(message.m, message.d, message.ttl))
    } else if (message.k === 'say') void this.#answer(message.i, socket.say(message.event))
    else this.#log(socket, message.run, message.port)
  }

  #stream(): Wire {
    this.#port = new LatePort()
    this.#post({ k: 'stream' })
    return openStream(this.#port)
  }

  #told(n: number): RoomHandlers {
    const tell =
      (call: RoomCall) =>
      (...args: unknown[]) => {
        if (this.#leaves.has(n)) this.#post({ k: 'room', n, call, with: args })
      }
    return {
      snapshot: tell('snapshot'),
      event: tell('event'),
      live: tell('live'),
      lag: tell('lag'),
      join: tell('join'),
      leave: tell('leave'),
      gap: tell('gap'),
      refused: tell('refused'),
    }
  }

  async #answer(i: number, asked: Promise<unknown>): Promise<void> {
    try {
      this.#post({ k: 'answer', i, value: await asked })
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      this.#post({ k: 'answer', i, error: { fault: e.fault, sent: e.sent } })
    }
  }

  // Handles of one run share its lines; the last to close takes them along.
  #log(socket: Socket, run: string, port: MessagePort): void {
    let shared = this.#feeds.get(run)
    if (!shared) {
      shared = { feed: new Feed(socket, run, this.#config.source(run)), desks: 0 }
      this.#feeds.set(run, shared)
    }
    shared.desks++
    const { feed } = shared
    new Desk(feed, port, this.#config.runner, () => {
      if (--shared.desks > 0) return
      this.#feeds.delete(run)
      feed.close()
    })
  }
}
