// What one can do about a reservation, for the bar's buttons and for Ctrl+K.
import { relayNow } from '@/shared/clock'
import { type Action, useActions } from '@/shared/palette'
import { useMe } from '@/shared/people'
import { anHour, type PlaceActs, placeName, type Stand } from '@/shared/reservation'
import type { Bench, Device } from '@/shared/wire'

export function useReservationActions(
  bench: Bench,
  device: Device,
  stand: Stand,
  { act }: PlaceActs,
  open: (what: 'hand' | 'take') => void,
) {
  const me = useMe()?.id
  const reserve = (for_s = anHour, isWhole = false) =>
    act('reserve', { device: isWhole ? '' : device.id, for_s })
  const own = stand.queue.find((w) => w.who.id === me)
  const does = {
    reserve,
    queue: () => reserve(),
    extend: (more_s = anHour) =>
      act('extend', { device: stand.device, for_s: extended(stand.until, more_s) }),
    release: () => act('release', { device: stand.device }),
    leave: () => act('release', { device: own?.device ?? device.id }),
    ask: () => act('ask', { device: stand.device }),
    handOver: () => open('hand'),
    takeOver: () => open('take'),
  }
  const on = placeName(bench, bench.id, device.id)
  const action = (id: string, label: string, run: () => void): Action => ({
    id: `reservation.${id}`,
    label,
    words: `reservation ${bench.id} ${device.id}`,
    run,
  })
  const offered: Record<Stand['kind'], Action[]> = {
    free: [
      action('reserve', `Reserve ${on} for 1 h`, () => does.reserve()),
      action('bench', `Reserve the whole bench ${bench.name} for 1 h`, () =>
        does.reserve(anHour, true),
      ),
    ],
    mine: [
      ...(stand.place?.next ? [] : [action('extend', `Extend ${on} by 1 h`, () => does.extend())]),
      action('hand', 'Hand over…', does.handOver),
      action('release', `Release ${on}`, does.release),
    ],
    theirs: [
      stand.position > 0
        ? action('leave', 'Leave the queue', does.leave)
        : action('queue', `Queue for ${on}`, does.queue),
      ...(stand.hasAsked
        ? []
        : [action('ask', `Ask ${stand.holder?.name} for control of ${on}`, does.ask)]),
      action('take', `Take over ${on}…`, does.takeOver),
    ],
  }
  useActions('Reservation', offered[stand.kind])
  return does
}

const aDay = 86_400

// extended is what to ask for: the relay counts from now.
const extended = (until: number, more_s: number) =>
  Math.min(aDay, Math.ceil(Math.max(0, until - relayNow()) / 1000) + more_s)
