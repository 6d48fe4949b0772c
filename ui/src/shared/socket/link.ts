// What pages know of the connection, wherever it is held.
import type { StoreApi } from 'zustand/vanilla'
import type { Connection } from './connection'
import type { RoomHandlers } from './rooms'

export interface Link {
  readonly connection: StoreApi<Connection>
  connect(): void
  disconnect(): void
  seen(is: boolean): void
  wake(): void
  // enter subscribes a room until the returned function is called. Lines of
  // runs do not come this way: `log` does.
  enter(name: string, handlers: RoomHandlers): () => void
  request<T>(m: string, d: unknown, ttl?: number): Promise<T>
  // log is a port to the lines of a run: shared/log speaks over it.
  log(run: string): MessagePort
}
