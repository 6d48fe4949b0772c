// Handing over: to somebody who is here, with a note. They have a minute to
// answer; without an answer it stays one's own.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Dialog, FaultNote } from '@/shared/parts'
import ask from '@/shared/parts/ask.module.css'
import { Avatar, isAt, useMe, usePeople } from '@/shared/people'
import { type PlaceActs, placeName, type Stand } from '@/shared/reservation'
import type { Bench } from '@/shared/wire'
import css from './reservation.module.css'

type Props = { bench: Bench; stand: Stand; place: PlaceActs; onClose: () => void }

const longest = 200

export function HandOver({ bench, stand, place, onClose }: Props) {
  const me = useMe()?.id
  const here = usePeople().filter((p) => p.id !== me)
  const near = (id: string) => (here.some((p) => p.id === id && isAt(p, bench.id)) ? 0 : 1)
  const people = [...here].sort((a, b) => near(a.id) - near(b.id))
  const [to, setTo] = useState(people[0]?.id ?? '')
  const [note, setNote] = useState('')
  const chosen = people.find((p) => p.id === to) ?? people[0]
  const hand = async () => {
    if (!chosen) return
    const done = await place.act('hand', { device: stand.device, to: chosen.id, note: note.trim() })
    if (done) onClose()
  }
  return (
    <Dialog className={`${ask.dialog} ${css.dialog}`} aria-labelledby="hand-over" onClose={onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          hand()
        }}
      >
        <h2 id="hand-over">Hand over {placeName(bench, bench.id, stand.device)}</h2>
        {people.length === 0 ? (
          <p>Nobody else is here. Release it instead, and the next in the queue has it.</p>
        ) : (
          <>
            <p>They have 60 s to accept; until then, and without an answer, it stays yours.</p>
            <fieldset>
              <legend>To</legend>
              <div>
                {people.map((p) => (
                  <label key={p.id}>
                    <input
                      type="radio"
                      name="to"
                      value={p.id}
                      checked={p.id === chosen?.id}
                      onChange={() => setTo(p.id)}
                    />
                    <Avatar who={p} />
                    <span>{p.name}</span>
                    <small>{near(p.id) === 0 ? 'at this bench' : ''}</small>
                  </label>
                ))}
              </div>
            </fieldset>
            <label className={ask.field}>
              Note
              <textarea
                rows={2}
                maxLength={longest}
                placeholder="What they should know, such as what runs"
                value={note}
                onChange={(e) => setNote(e.target.value)}
              />
            </label>
          </>
        )}
        {place.fault ? <FaultNote fault={place.fault} /> : null}
        <div className={css.foot}>
          <Button size="md" onClick={onClose}>
            Keep it
          </Button>
          {chosen ? (
            <Button size="md" variant="filled" type="submit" disabled={place.busy}>
              Hand over to {chosen.name}
            </Button>
          ) : null}
        </div>
      </form>
    </Dialog>
  )
}
