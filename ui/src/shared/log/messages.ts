// What a log's handle and its desk say to each other over a port.
import type { Row } from './lines'
import type { Filter, LogState, Query } from './log'

export type Asks = {
  step: ['hit' | 'error' | 'warn', number, 1 | -1]
  rowOf: [number]
  text: [{ from: number; to: number }, boolean]
  marks: [number]
  html: []
  load: [number]
}

export type ToDesk =
  // Rows to be kept at hand. At the tail they move on with the newest line.
  | { m: 'want'; from: number; count: number; isTail: boolean }
  // A few rows once, beside those.
  | { m: 'peek'; from: number; count: number }
  | { m: 'filter'; filter: Filter | undefined }
  | { m: 'search'; query: Query | undefined }
  | { m: 'ask'; i: number; what: keyof Asks; with: unknown[] }
  | { m: 'close' }

export type ToHandle = {
  state?: Partial<LogState>
  rows?: { from: number; rows: (Row | undefined)[] }
  isFresh?: true // all rows given before are void
  isAgain?: true // these rows have changed
  answer?: { i: number; value?: unknown; fault?: string }
}

// PortLike is what is used of a MessagePort.
export type PortLike = {
  postMessage(message: unknown): void
  close(): void
  onmessage: ((e: MessageEvent) => void) | null
}
