// What a page hands over when it enters a room.
import type { Sender } from '@/shared/wire'

// Taken tells the socket what became of an event: `taken` moves the offset on,
// `have` does not, `ahead` means that something between is missing and the room
// is to be entered again at the last offset.
export type Taken = 'taken' | 'have' | 'ahead'

// About says of an event who sent it and when, where it stands in a room that is
// stored, and of a copy of one's own words whom they were said to.
export type About = { o?: string; from?: Sender; at?: string; to?: string; to_name?: string }

export type RoomHandlers = {
  // The room's snapshot; after every reconnect again.
  snapshot(d: unknown): void
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without offsets returns nothing
  event(ev: string, d: unknown, about?: About): Taken | void
  // Somebody came, or what is known of them changed; somebody went.
  join?(who: unknown): void
  leave?(who: unknown): void
  // What was said from here to there is no longer kept.
  gap?(reason: string): void
  // Replay is done, or a pause is over.
  live?(): void
  lag?(): void
  refused?(code: string, message: string, hint: string): void
}

export type Room = {
  name: string
  handlers: RoomHandlers
  // Whether to come back with the offset of the last event taken.
  resume: boolean
  offset: string | undefined
  // The answer to `sub` is here: what comes before it belongs to an older
  // subscription of the same room.
  entered: boolean
  asked: number
  again: ReturnType<typeof setTimeout> | undefined
}

// offsetOf is where a snapshot stands, in the rooms that are stored.
export const offsetOf = (snapshot: unknown): string | undefined => {
  const o = (snapshot as { o?: unknown } | null)?.o
  return typeof o === 'string' ? o : undefined
}
