// What people share, as the dashboard reads it: the relay's documents, and what
// of them an older relay leaves out.
import type {
  LabSnapshot,
  Look,
  Note,
  Notes,
  Notice,
  Person as PersonDocument,
  Place,
  Reservations,
  Sender,
} from './api.gen'

export type Person = PersonDocument & { at: Look[] }

// StoredEvent has no offset where this page alone knows of it. Of one's own words
// to a person `to` says whom they went to.
export type StoredEvent = {
  o?: string
  room: string
  ev: string
  from?: Sender
  to?: string
  to_name?: string
  at: string
  d: unknown
}

// Verbs of reservations, and what each takes beside its bench.
export type PlaceVerbs = {
  reserve: { device: string; for_s?: number; note?: string }
  extend: { device: string; for_s: number }
  release: { device: string }
  take: { device: string; reason: string }
  ask: { device: string; note?: string }
  hand: { device: string; to: string; note?: string }
  answer: { device: string; accept: boolean }
  refuse: { device: string; who: string }
}

// Snapshots of a relay that knows nothing of people are shorter.
export type SharedLab = Pick<LabSnapshot, 'benches' | 'runs'> & Partial<LabSnapshot>
export type SharedRoom = { messages?: StoredEvent[]; notices?: StoredEvent[] }

export type { Note, Notes, Notice, Place, Reservations, Sender }
