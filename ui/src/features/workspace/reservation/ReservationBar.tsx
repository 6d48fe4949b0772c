// Whose the device is: free, one's own with a countdown, or somebody's; and what
// one can do about it.
import { Button } from '@mantine/core'
import { Lock, LockOpen, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { isPassing } from '@/shared/lab'
import { FaultNote, Hidden, useKeptFocus, useNow } from '@/shared/parts'
import { Avatar } from '@/shared/people'
import {
  clockTime,
  type Stand,
  span,
  useMustReserve,
  usePlace,
  useStand,
} from '@/shared/reservation'
import type { Bench, Device } from '@/shared/wire'
import { elapsed } from '@/shared/words'
import { HandOver } from './HandOver'
import { More, type MoreItem } from './More'
import { Queue } from './Queue'
import { ReserveMenu } from './ReserveMenu'
import css from './reservation.module.css'
import { TakeOver } from './TakeOver'
import { useReservationActions } from './useReservationActions'
import { warningWords, warnOf } from './warning'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

type Props = { bench: Bench; device: Device }

export function ReservationBar({ bench, device }: Props) {
  const stand = useStand(bench.id, device.id)
  const now = useNow(stand.kind !== 'free')
  const place = usePlace(bench.id)
  const [asks, setAsks] = useState<'hand' | 'take'>()
  const does = useReservationActions(bench, device, stand, place, setAsks)
  const warn = stand.kind === 'mine' ? warnOf(stand.until - now) : undefined
  const isWhole = stand.device === '' && stand.holder !== undefined
  const kept = useKeptFocus<HTMLElement>(place.busy)
  return (
    <section
      {...kept}
      className={`${css.bar} ${warn ? css.warn : ''}`}
      aria-label="Reservation"
      data-stand={stand.kind}
    >
      <div className={css.row}>
        <p className={css.state}>
          <Sign stand={stand} warn={warn !== undefined} />
          <Whose stand={stand} device={device} isWhole={isWhole} now={now} />
        </p>
        <Queue stand={stand} />
        <div className={css.acts}>
          <Acts stand={stand} does={does} busy={place.busy} isWarned={warn !== undefined} />
        </div>
      </div>
      {stand.kind === 'mine' ? <Left stand={stand} now={now} /> : null}
      <Warning stand={stand} now={now} />
      {place.fault ? (
        <FaultNote fault={place.fault}>
          <Button onClick={place.forget}>Dismiss</Button>
        </FaultNote>
      ) : null}
      {asks === 'hand' ? (
        <HandOver bench={bench} stand={stand} place={place} onClose={() => setAsks(undefined)} />
      ) : null}
      {asks === 'take' ? (
        <TakeOver bench={bench} stand={stand} place={place} onClose={() => setAsks(undefined)} />
      ) : null}
    </section>
  )
}

function Sign({ stand, warn }: { stand: Stand; warn: boolean }) {
  if (warn) return <TriangleAlert {...icon} className={css.warnSign} />
  if (stand.kind === 'free') return <LockOpen {...icon} className={css.quiet} />
  if (stand.kind === 'mine') return <Lock {...icon} className={css.mine} />
  return <Avatar who={stand.holder!} />
}

type WhoseProps = { stand: Stand; device: Device; isWhole: boolean; now: number }

function Whose({ stand, device, isWhole, now }: WhoseProps) {
  const { kind, holder, until, idleSince, place } = stand
  const mustReserve = useMustReserve(kind === 'free')
  if (kind === 'free') {
    return (
      <>
        <b>Free</b>
        <span className={css.more}>
          {mustReserve
            ? 'Reserve it to use it.'
            : 'Anyone can use it. Reserved, it is yours alone.'}
        </span>
      </>
    )
  }
  const what = isWhole ? 'The whole bench is ' : ''
  const parts: ReactNode[] = []
  if (place?.offer && kind === 'mine') {
    const left = elapsed(Date.parse(place.offer.until) - now)
    parts.push(`Offered to ${place.offer.to.name}, ${left} to answer`)
  }
  if (isPassing(device)) {
    parts.push(kind === 'mine' ? `${capital(device.state)}, still yours` : capital(device.state))
  }
  if (!Number.isNaN(idleSince)) {
    parts.push(
      <span key="idle" className={css.idle}>
        Idle since {clockTime(idleSince)}
      </span>,
    )
  }
  if (kind === 'mine' && stand.queue[0]) {
    const next = `Next: ${stand.queue[0].who.name}, for ${span(stand.queue[0].for_s)}`
    parts.push(place?.next ? `${next}. Not extended while somebody waits` : next)
  }
  if (kind === 'theirs' && stand.hasAsked) parts.push('You asked for control')
  if (kind === 'theirs' && place?.reason) parts.push(`“${place.reason}”`)
  return (
    <>
      <b>
        {kind === 'mine'
          ? `${what === '' ? 'Yours' : `${what}yours`} until ${clockTime(until)}`
          : isWhole
            ? `${holder!.name} has the whole bench until ${clockTime(until)}`
            : `${holder!.name} has it until ${clockTime(until)}`}
      </b>
      <span className={css.left} aria-hidden>
        {elapsed(until - now)} left
      </span>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence
        <span key={i} className={css.more}>
          {part}
        </span>
      ))}
    </>
  )
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

type ActsProps = {
  stand: Stand
  does: ReturnType<typeof useReservationActions>
  busy: boolean
  isWarned: boolean
}

function Acts({ stand, does, busy, isWarned }: ActsProps) {
  if (stand.kind === 'free') return <ReserveMenu does={does} busy={busy} />
  const items: MoreItem[] =
    stand.kind === 'mine'
      ? [
          { label: 'Hand over…', run: does.handOver },
          ...(stand.place?.next
            ? []
            : [
                { label: 'Extend by 30 min', run: () => does.extend(1800) },
                { label: 'Extend by 4 h', run: () => does.extend(4 * 3600) },
              ]),
        ]
      : [
          { label: stand.hasAsked ? 'Asked for control' : 'Ask for control', run: does.ask },
          { label: 'Take over…', run: does.takeOver },
        ]
  if (stand.kind === 'mine') {
    return (
      <>
        <Button
          variant="subtle"
          color="gray"
          className={css.wide}
          disabled={busy || stand.place?.offer !== undefined}
          onClick={does.handOver}
        >
          Hand over…
        </Button>
        <Button
          variant={isWarned ? 'filled' : 'default'}
          disabled={busy || stand.place?.next !== undefined}
          onClick={() => does.extend()}
        >
          Extend by 1 h
        </Button>
        <Button disabled={busy} onClick={does.release}>
          Release
        </Button>
        <More items={items} className={css.narrow} />
      </>
    )
  }
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        className={css.wide}
        disabled={busy}
        onClick={does.takeOver}
      >
        Take over…
      </Button>
      <Button
        className={css.wide}
        disabled={busy || stand.hasAsked || stand.place?.offer !== undefined}
        onClick={does.ask}
      >
        {stand.hasAsked ? 'Asked for control' : 'Ask for control'}
      </Button>
      {stand.position > 0 ? (
        <Button disabled={busy} onClick={does.leave}>
          Leave the queue
        </Button>
      ) : (
        <Button disabled={busy} onClick={does.queue}>
          Queue for 1 h
        </Button>
      )}
      <More items={items} className={css.narrow} />
    </>
  )
}

// The line at the bar's foot shrinks with the time that is left.
function Left({ stand, now }: { stand: Stand; now: number }) {
  const whole = stand.until - Date.parse(stand.place?.since ?? '')
  const share = Math.max(0, Math.min(1, (stand.until - now) / whole)) || 0
  return <i className={css.line} style={{ width: `${(share * 100).toFixed(2)}%` }} aria-hidden />
}

// Said aloud once at 10 and once at 2 minutes; the countdown itself is silent.
function Warning({ stand, now }: { stand: Stand; now: number }) {
  const said = warningWords(stand, now)
  return (
    <Hidden>
      <span role="status">{said}</span>
    </Hidden>
  )
}
