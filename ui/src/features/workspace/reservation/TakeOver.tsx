// Taking over what somebody holds: with a reason, which they and the history
// are told.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { goesOn, useLab } from '@/shared/lab'
import { Dialog, FaultNote } from '@/shared/parts'
import ask from '@/shared/parts/ask.module.css'
import { type PlaceActs, placeName, type Stand } from '@/shared/reservation'
import type { Bench } from '@/shared/wire'
import { plural } from '@/shared/words'
import css from './reservation.module.css'

type Props = { bench: Bench; stand: Stand; place: PlaceActs; onClose: () => void }

const longest = 200

export function TakeOver({ bench, stand, place, onClose }: Props) {
  const [reason, setReason] = useState('')
  const on = (device: string) => stand.device === '' || stand.device === device
  const going = useLab((s) => s.runs).filter(
    (r) => r.bench === bench.id && on(r.device) && goesOn(r),
  ).length
  const name = stand.holder?.name ?? 'Nobody'
  const take = async () => {
    const body = { device: stand.device, reason: reason.trim() }
    if (body.reason && (await place.act('take', body))) onClose()
  }
  return (
    <Dialog className={`${ask.dialog} ${css.dialog}`} aria-labelledby="take-over" onClose={onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          take()
        }}
      >
        <h2 id="take-over">
          Take {placeName(bench, bench.id, stand.device)} over from {name}?
        </h2>
        <p>
          {name} is told at once, with your reason, and their commands are refused from then on.
          {going > 0 ? ` ${plural(going, 'run')} of it ${going === 1 ? 'goes' : 'go'} on.` : ''}
        </p>
        <label className={ask.field}>
          Reason
          <textarea
            autoFocus
            rows={2}
            maxLength={longest}
            required
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
        </label>
        {place.fault ? <FaultNote fault={place.fault} /> : null}
        <div className={css.foot}>
          <Button size="md" onClick={onClose}>
            Leave it with {name}
          </Button>
          <Button
            size="md"
            variant="filled"
            type="submit"
            className={css.danger}
            disabled={place.busy || !reason.trim()}
          >
            Take over
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
