// How a device stands: free, one's own, or somebody else's. Pure, of the bench's
// document.
import type { Place, Reservations, User, Waiting } from '@/shared/wire'

export type Queued = Waiting & { device: string } // '' waits for the whole bench

export type Stand = {
  kind: 'free' | 'mine' | 'theirs'
  device: string // of the place that decides: '' is the whole bench
  place: Place | undefined
  holder: User | undefined
  until: number // of the holder, else NaN
  idleSince: number // NaN while it is used
  queue: Queued[] // for the device and for its whole bench, first come first
  position: number // one's own in the queue, from 1; 0: not in it
  hasAsked: boolean // oneself, for control
}

// standOf takes '' for the whole bench: it is somebody's while any device is.
export function standOf(
  doc: Reservations | undefined,
  device: string,
  me: string | undefined,
): Stand {
  const places = doc?.places ?? []
  const place = deciding(places, device, me)
  const holder = place?.holder
  const queue = places
    .filter((p) => p.device === '' || device === '' || p.device === device)
    .flatMap((p) => p.queue.map((w) => ({ ...w, device: p.device })))
    .sort((a, b) => a.ticket - b.ticket)
  return {
    kind: !holder ? 'free' : holder.id === me ? 'mine' : 'theirs',
    device: place?.device ?? device,
    place,
    holder,
    until: Date.parse(place?.until ?? ''),
    idleSince: Date.parse(place?.idle_since ?? ''),
    queue,
    position: queue.find((w) => w.who.id === me)?.position ?? 0,
    hasAsked: place?.asks.some((a) => a.who.id === me) ?? false,
  }
}

function deciding(places: Place[], device: string, me: string | undefined): Place | undefined {
  const whole = places.find((p) => p.device === '')
  if (whole?.holder) return whole
  if (device !== '') return places.find((p) => p.device === device)
  const held = places.filter((p) => p.holder)
  return held.find((p) => p.holder?.id !== me) ?? whole
}

// Question is what somebody waits for an answer to, from oneself.
export type Question =
  | { kind: 'ask'; bench: string; place: Place; who: User; note: string; since: string }
  | {
      kind: 'offer'
      bench: string
      place: Place
      who: User | undefined
      note: string
      until: number
    }

// questionsTo are the asks for what one holds, and what one is offered.
export function questionsTo(me: string | undefined, all: Reservations[]): Question[] {
  if (me === undefined) return []
  return all.flatMap(({ bench, places }) =>
    places.flatMap((place): Question[] => {
      const { holder, offer } = place
      if (offer?.to.id === me) {
        const until = Date.parse(offer.until)
        return [{ kind: 'offer', bench, place, who: holder, note: offer.note, until }]
      }
      if (holder?.id !== me || offer) return []
      return place.asks.map(({ who, note, since }) => ({
        kind: 'ask',
        bench,
        place,
        who,
        note,
        since,
      }))
    }),
  )
}
