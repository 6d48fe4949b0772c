import { relayNow } from '@/shared/clock'
import type { Bench, Person, Place, Reservations, User } from '@/shared/wire'
import { legible } from '@/shared/words'

// benchAsShown: what a bench says of itself is shown everywhere, and its names
// are never sent back. Properties are copied by people and stay as they are.
export const benchAsShown = (bench: Bench): Bench => ({
  ...bench,
  name: legible(bench.name),
  reason: legible(bench.reason),
  labels: (bench.labels ?? []).map(legible),
  ...(bench.flag ? { flag: { ...bench.flag, note: legible(bench.flag.note) } } : {}),
  devices: (bench.devices ?? []).map((device) => ({
    ...device,
    serial: legible(device.serial),
    reason: legible(device.reason),
    hint: legible(device.hint),
    model: legible(device.model),
    product: legible(device.product),
  })),
})

// The relay takes names of 40 characters; whatever comes is no wider than that.
const longestName = 60
const named = <T extends User>(who: T): T => ({ ...who, name: nameAsShown(who) })

function nameAsShown({ id, name }: User): string {
  const shown = legible(name) || id
  return shown.length > longestName ? `${shown.slice(0, longestName)}…` : shown
}

export const personAsShown = (person: User & Partial<Person>): Person => ({
  ...named(person),
  at: person.at ?? [],
})

// Moments of reservations are by the broker's clock. Where the page's is another,
// they are told by the page's: what is left of an hour is the same for everybody.
const tolerated = 2000

export function reservationsAsShown(doc: Reservations): Reservations {
  const off = relayNow() - Date.parse(doc.at)
  const by = Math.abs(off) > tolerated ? off : 0
  return { ...doc, places: (doc.places ?? []).map((place) => placeAsShown(place, by)) }
}

function placeAsShown(place: Place, by: number): Place {
  const at = <T extends string | undefined>(moment: T): T =>
    moment && by ? (new Date(Date.parse(moment) + by).toISOString() as T) : moment
  const { holder, offer } = place
  return {
    ...place,
    device: place.device ?? '',
    since: at(place.since),
    until: at(place.until),
    idle_since: at(place.idle_since),
    reason: legible(place.reason ?? ''),
    queue: (place.queue ?? []).map((w) => ({
      ...w,
      since: at(w.since),
      who: named(w.who),
      note: legible(w.note ?? ''),
    })),
    asks: (place.asks ?? []).map((a) => ({ ...a, who: named(a.who), note: legible(a.note ?? '') })),
    ...(holder ? { holder: named(holder) } : {}),
    ...(offer
      ? {
          offer: {
            to: named(offer.to),
            note: legible(offer.note ?? ''),
            until: at(offer.until),
          },
        }
      : {}),
  }
}
