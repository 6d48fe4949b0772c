// What a page knows of its connection, and what a connection is made of.
import type { User } from '@/shared/wire'
import type { Via, Wire } from './wire'

export type Phase =
  | 'connecting' // a socket is on its way, or hello is
  | 'connected'
  | 'waiting' // for the next attempt, at `retryAt`
  | 'off' // disconnected by the person
  | 'signed-out'
  | 'refused' // for good: `reason` says why
  | 'stopped' // the page's own program did: only loading it again helps

export type Connection = {
  phase: Phase
  user: User | undefined
  roundTrip: number | undefined // ms
  // When data was last known to be true; set while there is no connection.
  asOf: number | undefined
  retryAt: number | undefined
  reason: string
  code: number // of the close that was final, else 0
  // How often this page has been connected: 0 means never yet.
  times: number
  // What carries the present connection, or carried the last one.
  via: Via | undefined
}

export type SocketConfig = {
  url: string
  open?: (url: string) => Wire
  // The event stream, for where WebSockets are blocked.
  stream?: () => Wire
  random?: () => number
  // Asked after a connection that was never welcomed: a browser hides why.
  diagnose?: () => Promise<Diagnosis | undefined>
}

// What plain HTTP says where a WebSocket does not open; undefined: no answer.
export type Diagnosis = 'works' | { phase: 'signed-out' | 'refused'; reason: string }

// notYet is a connection that nobody has asked for.
export const notYet: Connection = {
  phase: 'off',
  user: undefined,
  roundTrip: undefined,
  asOf: undefined,
  retryAt: undefined,
  reason: '',
  code: 0,
  times: 0,
  via: undefined,
}
