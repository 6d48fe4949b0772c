// The bookkeeping of one event stream for all tabs of a browser: who asked what,
// who is in which room. A room that another tab has is subscribed again from
// the newcomer's offset: the others get some blocks twice and drop them. Such
// subscriptions wait for each other's replay, or a tab would find blocks ahead
// of it whose predecessors are still to come.
import type { Frame } from '@/shared/wire'
import { lost, type Wire } from './wire'

// Tab is where a tab's messages go.
export type Tab = {
  opened(): void
  message(data: string): void
  closed(code: number): void
}

type Sub = { tab: Tab; frame: Frame; isAnswered: boolean; isLeft: boolean }
type Asked = { tab: Tab; i: number | undefined; room?: SharedRoom; sub?: Sub }

class SharedRoom {
  readonly name: string
  readonly members = new Set<Tab>() // those whose `sub` was answered
  waiting: Sub[] = []
  busy: Sub | undefined // asked, and its replay not done yet

  constructor(name: string) {
    this.name = name
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.waiting.length === 0 && (!this.busy || this.busy.isLeft)
  }
}

export class Shared {
  readonly #open: () => Wire
  #wire: Wire | undefined
  #isOpen = false
  #welcome = ''
  #next = 1
  readonly #tabs = new Set<Tab>()
  readonly #greeted = new Set<Tab>()
  readonly #asked = new Map<number, Asked>()
  readonly #rooms = new Map<string, SharedRoom>()

  constructor(open: () => Wire) {
    this.#open = open
  }

  // attach takes a tab in; the first opens the stream.
  attach(tab: Tab): void {
    this.#tabs.add(tab)
    if (!this.#wire) this.#start()
    else if (this.#isOpen) tab.opened()
  }

  // detach is for a tab that left; the last one closes the stream.
  detach(tab: Tab): void {
    if (!this.#tabs.delete(tab)) return
    this.#greeted.delete(tab)
    for (const room of [...this.#rooms.values()]) this.#leave(room, tab)
    for (const [n, asked] of this.#asked) {
      if (asked.tab === tab && !asked.sub) this.#asked.delete(n)
    }
    if (this.#tabs.size > 0) return
    this.#wire?.close()
    this.#forget()
  }

  // say takes a tab's frame. A tab that is not attached is told so.
  say(tab: Tab, text: string): void {
    if (!this.#tabs.has(tab)) {
      tab.closed(lost)
      return
    }
    const frame = JSON.parse(text) as Frame
    const room = this.#rooms.get(frame.room ?? '')
    switch (frame.t) {
      case 'hello':
        this.#greeted.add(tab)
        if (this.#welcome) tab.message(this.#welcome)
        break
      case 'pong':
        break
      case 'sub':
        this.#sub(tab, frame)
        break
      case 'unsub':
        if (room) this.#leave(room, tab)
        break
      default:
        this.#ask(frame, { tab, i: frame.i })
    }
  }

  #start(): void {
    const wire = this.#open()
    this.#wire = wire
    wire.onopen = () => {
      this.#isOpen = true
      for (const tab of [...this.#tabs]) tab.opened()
    }
    wire.onmessage = (e) => {
      if (this.#wire === wire) this.#take(String(e.data))
    }
    wire.onclose = (e) => {
      if (this.#wire !== wire) return
      const tabs = [...this.#tabs]
      this.#tabs.clear()
      this.#forget()
      for (const tab of tabs) tab.closed(e.code)
    }
  }

  #forget(): void {
    this.#wire = undefined
    this.#isOpen = false
    this.#welcome = ''
    this.#greeted.clear()
    this.#asked.clear()
    this.#rooms.clear()
  }

  #ask(frame: Frame, asked: Asked): void {
    const n = this.#next++
    this.#asked.set(n, asked)
    this.#wire?.send(JSON.stringify({ ...frame, i: n }))
  }

  #sub(tab: Tab, frame: Frame): void {
    const name = frame.room ?? ''
    const room = this.#rooms.get(name) ?? new SharedRoom(name)
    this.#rooms.set(name, room)
    this.#part(room, tab)
    room.waiting.push({ tab, frame, isAnswered: false, isLeft: false })
    this.#pump(room)
  }

  // pump asks for the next subscription once the last one's replay is done.
  #pump(room: SharedRoom): void {
    if (room.busy) return
    const sub = room.waiting.shift()
    if (!sub) return
    room.busy = sub
    this.#ask(sub.frame, { tab: sub.tab, i: sub.frame.i, room, sub })
  }

  // part takes a tab out of a room and keeps the room.
  #part(room: SharedRoom, tab: Tab): void {
    room.members.delete(tab)
    room.waiting = room.waiting.filter((s) => s.tab !== tab)
    if (room.busy?.tab === tab) room.busy.isLeft = true
  }

  #leave(room: SharedRoom, tab: Tab): void {
    this.#part(room, tab)
    if (!room.isEmpty) return
    this.#rooms.delete(room.name)
    this.#wire?.send(JSON.stringify({ t: 'unsub', room: room.name }))
  }

  // take hands a batch on: each tab gets its messages of it at once.
  #take(data: string): void {
    const out = new Map<Tab, string[]>()
    const give = (tab: Tab, message: string) => {
      const list = out.get(tab)
      if (list) list.push(message)
      else out.set(tab, [message])
    }
    for (const message of data.split('\n')) if (message) this.#message(message, give)
    for (const [tab, messages] of out) tab.message(messages.join('\n'))
  }

  #message(message: string, give: (tab: Tab, message: string) => void): void {
    const { t, room: name, ev } = head(message)
    if (t === 'res' || t === 'pong') this.#answer(message, give)
    else if (name !== undefined) {
      const room = this.#rooms.get(name)
      if (!room) return
      for (const tab of room.members) give(tab, message)
      if (room.busy?.isAnswered && (t === 'live' || ev === 'end')) this.#done(room)
    } else if (t === 'welcome') {
      this.#welcome = message
      for (const tab of this.#greeted) give(tab, message)
    } else if (t === 'you') {
      // A tab that comes later is welcomed as who one is by then.
      this.#welcome = JSON.stringify({
        ...JSON.parse(this.#welcome),
        user: JSON.parse(message).user,
      })
      for (const tab of this.#greeted) give(tab, message)
    } else if (t !== 'ping') {
      for (const tab of this.#tabs) give(tab, message)
    }
  }

  #answer(message: string, give: (tab: Tab, message: string) => void): void {
    const frame = JSON.parse(message) as Frame
    const asked = this.#asked.get(frame.i ?? 0)
    if (!asked) return
    this.#asked.delete(frame.i ?? 0)
    const { tab, room, sub } = asked
    if (!sub?.isLeft && this.#tabs.has(tab)) {
      give(tab, JSON.stringify({ ...frame, i: asked.i }))
      if (room && !frame.error) room.members.add(tab)
    }
    if (!room || !sub || this.#rooms.get(room.name) !== room) return
    sub.isAnswered = true
    // Only a run's room replays and says when that is done.
    if (frame.error || !room.name.startsWith('run:')) this.#done(room)
  }

  #done(room: SharedRoom): void {
    room.busy = undefined
    this.#pump(room)
    if (room.isEmpty) this.#rooms.delete(room.name)
  }
}

// head reads a message's first fields as the relay writes them, without reading
// the lines that follow.
function head(message: string): { t?: string; room?: string; ev?: string } {
  const found =
    /^\{"t":"(pub|live|lag|gap)","room":"([^"\\]+)"(?:,"o":"[^"\\]*")?(?:,"ev":"([^"\\]*)")?/.exec(
      message,
    )
  if (found) return { t: found[1]!, room: found[2]!, ev: found[3] }
  try {
    return JSON.parse(message) as Frame
  } catch {
    return {}
  }
}
