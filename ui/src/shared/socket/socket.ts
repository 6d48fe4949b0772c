// The one connection to the relay: hello, rooms, requests, round trips, and
// coming back after a loss. It knows frames and rooms, and nothing of runs.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Frame } from '@/shared/wire'
import { backoff } from './backoff'
import { type Connection, notYet, type SocketConfig } from './connection'
import {
  isFinal,
  messages,
  noAnswer,
  notConnected,
  RequestError,
  signsOut,
  version,
} from './frames'
import type { Said } from './link'
import type { Pending } from './pending'
import { offsetOf, type Room, type RoomHandlers } from './rooms'
import { probe, Ways } from './ways'
import type { Wire } from './wire'

const pingEvery = 5_000
const firstPingsWithin = 1_000
const pongWithin = 10_000
const answerWithin = 10_000
const enterAgainAfter = 1_000
const webSocketAgainAfter = 5 * 60_000 // while an event stream carries the connection

export class Socket {
  readonly connection: StoreApi<Connection>
  readonly #config: SocketConfig
  readonly #rooms = new Map<string, Room>()
  readonly #pending = new Map<number, Pending>()
  readonly #ways = new Ways()
  #ws: Wire | undefined
  #next = 1
  #attempt = 0
  #isSeen = true
  #heard = 0
  #bye: { code: number; reason: string; retry: number | undefined } | undefined
  #timers = new Set<ReturnType<typeof setTimeout>>() // of the present connection
  #retry: ReturnType<typeof setTimeout> | undefined
  #pings = new Map<number, number>() // number → sent at
  #probe: (() => void) | undefined

  constructor(config: SocketConfig) {
    this.#config = config
    this.connection = createStore<Connection>(() => notYet)
  }

  // connect starts, or tries at once where an attempt is waiting.
  connect(): void {
    const { phase } = this.connection.getState()
    if (phase === 'connected' || phase === 'connecting') return
    clearTimeout(this.#retry)
    this.#open()
  }

  // disconnect stays away until connect is called.
  disconnect(): void {
    clearTimeout(this.#retry)
    this.#drop(1000)
    this.#set({ phase: 'off', asOf: this.#heard || undefined, retryAt: undefined, reason: '' })
  }

  // seen says whether somebody looks at the page; who comes back to it is not
  // kept waiting.
  seen(is: boolean): void {
    this.#isSeen = is
    if (is) this.wake()
  }

  // wake is for a network that came back.
  wake(): void {
    const { phase } = this.connection.getState()
    if (phase === 'waiting') this.connect()
    else if (phase === 'connected') this.#ping()
  }

  // enter subscribes a room now and after every reconnect, until the returned
  // function is called. A page enters a room once.
  enter(name: string, handlers: RoomHandlers, options: { resume?: boolean } = {}): () => void {
    const room: Room = {
      name,
      handlers,
      resume: options.resume ?? false,
      offset: undefined,
      entered: false,
      asked: 0,
      again: undefined,
    }
    this.#rooms.set(name, room)
    if (this.#isConnected()) this.#sub(room)
    return () => {
      if (this.#rooms.get(name) !== room) return
      clearTimeout(room.again)
      this.#rooms.delete(name)
      if (this.#isConnected()) this.#send({ t: 'unsub', room: name })
    }
  }

  // request asks once and is answered once. What cannot be sent now is refused
  // at once; nothing waits for a connection.
  request<T>(m: string, d: unknown, ttl?: number): Promise<T> {
    return this.#ask({ t: 'req', m, d, ...(ttl ? { ttl } : {}) })
  }

  say<T>(event: Said): Promise<T> {
    return this.#ask({ t: 'evt', ...event })
  }

  #ask<T>(question: Frame): Promise<T> {
    if (!this.#isConnected()) return Promise.reject(new RequestError(notConnected, false))
    const i = this.#next++
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(i)
        reject(new RequestError(noAnswer, true))
      }, answerWithin)
      this.#pending.set(i, { resolve: resolve as (d: unknown) => void, reject, timer })
      this.#send({ ...question, i })
    })
  }

  #open(): void {
    this.#bye = undefined
    this.#set({ phase: 'connecting', retryAt: undefined })
    const { stream } = this.#config
    const ws = this.#ways.next === 'events' && stream ? stream() : this.#webSocket()
    this.#ws = ws
    ws.onopen = () => this.#send({ t: 'hello', v: version })
    ws.onmessage = (e) => {
      if (this.#ws !== ws || typeof e.data !== 'string') return
      this.#heard = Date.now()
      for (const frame of messages(e.data)) {
        this.#take(frame)
        if (this.#ws !== ws) return
      }
    }
    ws.onclose = (e) => {
      if (this.#ws === ws) this.#closed(e.code)
    }
    this.#after(this.#ways.patience, () => {
      if (this.connection.getState().phase === 'connecting') {
        this.#lost('The relay did not answer', true)
        this.#diagnose()
      }
    })
  }

  #webSocket(): Wire {
    const open = this.#config.open ?? ((url: string) => new WebSocket(url) as Wire)
    return open(this.#config.url)
  }

  #take(frame: Frame): void {
    switch (frame.t) {
      case 'welcome':
        this.#welcome(frame)
        break
      case 'you': // another name, or somebody of one's own now
        this.#set({ user: frame.user })
        break
      case 'res':
        this.#answered(frame)
        break
      case 'pub':
        this.#published(frame)
        break
      case 'live':
        this.#room(frame)?.handlers.live?.()
        break
      case 'lag':
        this.#room(frame)?.handlers.lag?.()
        break
      case 'join':
        this.#room(frame)?.handlers.join?.(frame.who)
        break
      case 'leave':
        this.#room(frame)?.handlers.leave?.(frame.who)
        break
      case 'gap':
        this.#gap(frame)
        break
      case 'pong':
        this.#pong(frame.i)
        break
      case 'ping':
        this.#send({ t: 'pong', i: frame.i })
        break
      case 'bye':
        this.#bye = { code: frame.code ?? 0, reason: frame.reason ?? '', retry: frame.retry_ms }
        break
    }
  }

  #welcome(frame: Frame): void {
    this.#ways.welcomed()
    const via = this.#ways.next
    if (via === 'events') this.#after(webSocketAgainAfter, () => this.#tryWebSocket())
    this.#set({
      via,
      phase: 'connected',
      user: frame.user,
      asOf: undefined,
      retryAt: undefined,
      reason: '',
      code: 0,
      times: this.connection.getState().times + 1,
    })
    for (const room of this.#rooms.values()) this.#sub(room)
    this.#ping()
    this.#after(firstPingsWithin, () => this.#ping()) // the page was busy during the first
    this.#every(pingEvery, () => this.#ping())
  }

  #answered(frame: Frame): void {
    const i = frame.i ?? 0
    const pending = this.#pending.get(i)
    if (pending) {
      this.#pending.delete(i)
      clearTimeout(pending.timer)
      if (frame.error) pending.reject(new RequestError(frame.error, true))
      else pending.resolve(frame.d)
      return
    }
    for (const room of this.#rooms.values()) {
      if (room.asked !== i || room.entered) continue
      if (!frame.error) {
        room.entered = true
        room.offset ??= offsetOf(frame.d)
        room.handlers.snapshot(frame.d)
      } else if (frame.error.retry) {
        room.again = setTimeout(() => this.#isConnected() && this.#sub(room), enterAgainAfter)
      } else {
        const { code, message, hint } = frame.error
        room.handlers.refused?.(code, message, hint ?? '')
      }
    }
  }

  // A gap's end is where the room goes on: asked again, it would be told again.
  #gap(frame: Frame): void {
    const room = this.#room(frame)
    if (!room) return
    if (frame.to) room.offset = frame.to
    room.handlers.gap?.(frame.reason ?? '')
  }

  #published(frame: Frame): void {
    const room = this.#room(frame)
    if (!room) return
    const { o, from, at, to, to_name } = frame
    const about = { o, from, at, ...(to ? { to, to_name } : {}) }
    const taken = room.handlers.event(frame.ev ?? 'message', frame.d, about) ?? 'taken'
    if (taken === 'taken' && frame.o) room.offset = frame.o
    if (taken === 'ahead') {
      this.#send({ t: 'unsub', room: room.name })
      this.#sub(room)
    }
  }

  #room(frame: Frame): Room | undefined {
    const room = this.#rooms.get(frame.room ?? '')
    return room?.entered ? room : undefined
  }

  #sub(room: Room): void {
    clearTimeout(room.again)
    room.entered = false
    room.asked = this.#next++
    const o = room.resume ? room.offset : undefined
    this.#send({ t: 'sub', i: room.asked, room: room.name, ...(o ? { o } : {}) })
  }

  #ping(): void {
    if (!this.#isConnected()) return
    const now = performance.now()
    const oldest = this.#pings.values().next().value
    if (oldest !== undefined && now - oldest > pongWithin) {
      this.#lost('The relay stopped answering')
      return
    }
    const i = this.#next++
    this.#pings.set(i, now)
    this.#send({ t: 'ping', i })
  }

  #pong(i: number | undefined): void {
    const sent = this.#pings.get(i ?? 0)
    if (sent === undefined) return
    this.#pings.clear()
    this.#attempt = 0
    this.#set({ roundTrip: performance.now() - sent })
  }

  // While an event stream carries the connection, look from time to time
  // whether WebSockets pass by now, and change over while nothing is on its way.
  #tryWebSocket(): void {
    this.#probe = probe(this.#webSocket(), () => {
      if (this.#pending.size > 0) return
      this.#drop()
      this.#open()
    })
    this.#after(webSocketAgainAfter, () => this.#tryWebSocket())
  }

  #closed(code: number): void {
    const final = this.#bye && isFinal(this.#bye.code) ? this.#bye.code : code
    const reason = this.#bye?.reason ?? ''
    if (signsOut(final) || isFinal(final)) {
      this.#drop()
      this.#set({
        phase: signsOut(final) ? 'signed-out' : 'refused',
        asOf: this.#heard || undefined,
        reason,
        code: final,
      })
      return
    }
    const wasWelcomed = this.#isConnected()
    this.#lost(reason)
    if (!wasWelcomed) this.#diagnose()
  }

  #diagnose(): void {
    this.#config.diagnose?.().then((found) => {
      if (!found || this.connection.getState().phase !== 'waiting') return
      if (found === 'works') {
        if (!this.#config.stream || !this.#ways.httpWorks()) return
        clearTimeout(this.#retry)
        this.#open()
        return
      }
      clearTimeout(this.#retry)
      this.#set({ ...found, retryAt: undefined })
    })
  }

  // lost drops the present socket and waits for the next attempt.
  #lost(reason: string, isSilent = false): void {
    const retry = this.#bye?.retry
    this.#drop(undefined, isSilent)
    const wait = retry ?? backoff(this.#attempt++, this.#isSeen, this.#config.random)
    const { asOf } = this.connection.getState()
    this.#set({
      phase: 'waiting',
      asOf: asOf ?? (this.#heard || undefined),
      retryAt: Date.now() + wait,
      reason,
    })
    this.#retry = setTimeout(() => this.#open(), wait)
  }

  // drop forgets the present socket and all that hung on it.
  #drop(code?: number, isSilent = false): void {
    const ws = this.#ws
    if (ws) this.#ways.ended(this.#isConnected(), isSilent)
    this.#ws = undefined
    ws?.close(code)
    this.#probe?.()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#pings.clear()
    for (const room of this.#rooms.values()) {
      clearTimeout(room.again)
      room.entered = false
    }
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(new RequestError(noAnswer, true))
    }
    this.#pending.clear()
  }

  #after(ms: number, f: () => void): void {
    this.#timers.add(setTimeout(f, ms))
  }

  #every(ms: number, f: () => void): void {
    const again = () => {
      f()
      if (this.#isConnected()) this.#after(ms, again)
    }
    this.#after(ms, again)
  }

  #send(frame: Frame): void {
    this.#ws?.send(JSON.stringify(frame))
  }

  #isConnected(): boolean {
    return this.connection.getState().phase === 'connected'
  }

  #set(change: Partial<Connection>): void {
    this.connection.setState(change)
  }
}
