// What people say to the lab, to a bench's people and to each other, and what
// the relay tells a person. Rooms tell the last fifty and then what comes; an
// event that came twice is one.
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { relayNow } from '@/shared/clock'
import type { Hears } from '@/shared/lab'
import type { About, Link } from '@/shared/socket'
import { storage } from '@/shared/storage'
import type { SharedLab, SharedRoom, StoredEvent } from '@/shared/wire'

const keptOf = 200 // of one conversation, and of notices

// A conversation is named by its room: `lab`, `bench:…`, or `user:…` for what
// passes between oneself and that person.
export type Conversation = { said: StoredEvent[]; lacks: string } // why earlier ones are missing

type State = {
  with: Record<string, Conversation>
  notices: StoredEvent[]
  read: Record<string, string> // conversation → `at` of the last one read
}

type Heard = (conversation: string, event: StoredEvent) => void

const noTalk: Conversation = { said: [], lacks: '' }
const times = (v: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Object(v)).filter(([, at]) => typeof at === 'string'),
  ) as Record<string, string>

export class Talk {
  readonly state: StoreApi<State> = createStore<State>(() => ({
    with: {},
    notices: [],
    read: storage.read('talk.read', times, {}),
  }))
  #me = ''
  #noticed: Heard | undefined

  // lab is what the room `lab` is handed on to.
  readonly lab: Hears = {
    snapshot: (d: SharedLab) => this.#first('lab', d),
    event: (ev, d, about) => this.#event('lab', ev, d, about),
    gap: (reason) => this.#lacks('lab', reason),
  }

  // whenHeard is told of what comes live and is not one's own.
  whenHeard(heard: Heard): () => void {
    this.#noticed = heard
    return () => {
      this.#noticed = undefined
    }
  }

  // enterOwn follows what is told to this person alone.
  enterOwn(socket: Pick<Link, 'enter'>, me: string): () => void {
    if (this.#me !== me) this.#forgetOwn()
    this.#me = me
    const leave = this.#enter(socket, `user:${me}`)
    // What another tab of this browser read is read here too.
    const unwatch = storage.watch('talk.read', () =>
      this.state.setState({ read: storage.read('talk.read', times, {}) }),
    )
    return () => {
      leave()
      unwatch()
    }
  }

  enterBench(socket: Pick<Link, 'enter'>, bench: string): () => void {
    return this.#enter(socket, `bench:${bench}`)
  }

  // say is done once the relay has it. What goes to a person comes back by one's
  // own room, to all of one's tabs; where the relay could not copy it this page
  // alone shows it.
  async say(socket: Pick<Link, 'say'>, to: string, text: string): Promise<void> {
    const target = to.startsWith('user:') ? { to } : { room: to }
    const answer = await socket.say<{ o?: string; copy?: string } | undefined>({
      ...target,
      d: text,
    })
    if (!to.startsWith('user:') || to === `user:${this.#me}` || answer?.copy) return
    const from = { id: this.#me, name: '' }
    const at = new Date(relayNow()).toISOString()
    this.#keep(to, { o: `sent ${answer?.o ?? at}`, room: to, ev: 'message', from, at, d: text })
  }

  // read takes a conversation as read to its end.
  read(conversation: string): void {
    const { with: all, read } = this.state.getState()
    const at = conversation === notices ? this.state.getState().notices.at(-1)?.at : undefined
    const last = at ?? all[conversation]?.said.at(-1)?.at
    if (!last || !isAfter(last, read[conversation])) return
    const next = { ...read, [conversation]: last }
    storage.write('talk.read', next)
    this.state.setState({ read: next })
  }

  // Whoever signs in next on this page reads nothing that was another's.
  #forgetOwn(): void {
    const all = Object.entries(this.state.getState().with)
    const everybodys = all.filter(([name]) => !name.startsWith('user:'))
    this.state.setState({ with: Object.fromEntries(everybodys), notices: [] })
  }

  #enter(socket: Pick<Link, 'enter'>, room: string): () => void {
    return socket.enter(
      room,
      {
        snapshot: (d) => this.#first(room, d as SharedRoom),
        event: (ev, d, about) => this.#event(room, ev, d, about ?? {}),
        gap: (reason) => this.#lacks(room, reason),
      },
      { resume: true },
    )
  }

  #first(room: string, d: SharedRoom): void {
    for (const event of d.messages ?? []) this.#keep(this.#conversation(room, event), event)
    for (const event of d.notices ?? []) this.#notice(event)
    // Who comes for the first time has not missed what others said before.
    const isOwn = room === `user:${this.#me}`
    if (!isOwn && this.state.getState().read[room] === undefined) this.read(room)
  }

  #event(room: string, ev: string, d: unknown, about: About): void {
    if (ev !== 'message' && ev !== 'notice') return
    const event: StoredEvent = {
      ...about,
      room,
      ev,
      d,
      at: about.at ?? new Date(relayNow()).toISOString(),
    }
    const conversation = ev === 'notice' ? notices : this.#conversation(room, event)
    const isNew = ev === 'notice' ? this.#notice(event) : this.#keep(conversation, event)
    if (isNew && event.from?.id !== this.#me) this.#noticed?.(conversation, event)
  }

  #conversation(room: string, event: StoredEvent): string {
    if (room !== `user:${this.#me}`) return room
    return event.to || `user:${event.from?.id ?? this.#me}`
  }

  #lacks(room: string, reason: string): void {
    const { with: all } = this.state.getState()
    this.state.setState({ with: { ...all, [room]: { ...(all[room] ?? noTalk), lacks: reason } } })
  }

  #keep(conversation: string, event: StoredEvent): boolean {
    const { with: all } = this.state.getState()
    const known = all[conversation] ?? noTalk
    const said = added(known.said, event)
    if (!said) return false
    this.state.setState({ with: { ...all, [conversation]: { ...known, said } } })
    return true
  }

  #notice(event: StoredEvent): boolean {
    const list = added(this.state.getState().notices, event)
    if (list) this.state.setState({ notices: list })
    return list !== undefined
  }
}

export const notices = 'notices'

const isAfter = (at: string, than: string | undefined) => !than || Date.parse(at) > Date.parse(than)

function added(list: StoredEvent[], event: StoredEvent): StoredEvent[] | undefined {
  if (event.o !== undefined && list.some((e) => e.o === event.o)) return undefined
  const last = list.at(-1)
  const next = [...list, event]
  if (last && isAfter(last.at, event.at)) next.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return next.slice(-keptOf)
}

// unreadOf counts what others said since one looked, or answered on any device.
export function unreadOf(s: State, me: string | undefined, conversation: string): number {
  const list = conversation === notices ? s.notices : (s.with[conversation]?.said ?? [])
  const own = list.findLastIndex((e) => e.from?.id === me && me !== undefined)
  return list.slice(own + 1).filter((e) => isAfter(e.at, s.read[conversation])).length
}

export const unreadInAll = (s: State, me: string | undefined): number =>
  [...Object.keys(s.with), notices].reduce((n, one) => n + unreadOf(s, me, one), 0)

// textOf is what an event says: plain text, or JSON of another program.
export function textOf(d: unknown): string {
  if (typeof d === 'string') return d
  const text = (d as { text?: unknown } | null)?.text
  return typeof text === 'string' ? text : (JSON.stringify(d) ?? '')
}

export const TalkContext = createContext<Talk | undefined>(undefined)

export function useTalk(): Talk {
  const talk = useContext(TalkContext)
  if (!talk) throw new Error('no talk above this component')
  return talk
}

export function useTalkState<T>(select: (s: State) => T): T {
  return useStore(useTalk().state, select)
}
