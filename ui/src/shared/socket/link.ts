// What pages know of the connection, wherever it is held.
import type { StoreApi } from 'zustand/vanilla'
import type { Connection } from './connection'
import type { RoomHandlers } from './rooms'

// Said is an event of a person, to a room, a person or one connection; without
// a name it is a message.
export type Said = { room?: string; to?: string; ev?: string; d: unknown; self?: boolean }

export interface Link {
  readonly connection: StoreApi<Connection>
  connect(): void
  disconnect(): void
  seen(is: boolean): void
  wake(): void
  // enter subscribes a room until the returned function is called. Lines of
  // runs do not come this way: `log` does. With `resume` a reconnect goes on
  // after the last event taken.
  enter(name: string, handlers: RoomHandlers, options?: { resume?: boolean }): () => void

  request<T>(m: string, d: unknown, ttl?: number): Promise<T>
  // say is done once the relay's store has it.
  say<T>(event: Said): Promise<T>
  // log is a port to the lines of a run: shared/log speaks over it.
  log(run: string): MessagePort
}
