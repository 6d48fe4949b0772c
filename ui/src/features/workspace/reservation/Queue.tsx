// Who waits, in their order.
import { Button, Popover } from '@mantine/core'
import { Avatar, useMe } from '@/shared/people'
import { ordinal, type Stand, span } from '@/shared/reservation'
import { ago } from '@/shared/words'
import css from './reservation.module.css'

export function Queue({ stand: { queue, position } }: { stand: Stand }) {
  const me = useMe()?.id
  if (queue.length === 0) return null
  return (
    <Popover position="bottom" radius="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray">
          {position > 0
            ? `${ordinal(position)} of ${queue.length} in the queue`
            : `${queue.length} in the queue`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={css.queue}>
        <h2>In the queue</h2>
        <ol>
          {queue.map((w) => (
            <li key={`${w.who.id} ${w.device}`}>
              <Avatar who={w.who} />
              <span>
                <b>{w.who.id === me ? 'You' : w.who.name}</b> for {span(w.for_s)}
                {w.device === '' ? ', the whole bench' : ''}
                {w.note ? <small>“{w.note}”</small> : null}
              </span>
              <time dateTime={w.since}>{ago(Date.parse(w.since))}</time>
            </li>
          ))}
        </ol>
      </Popover.Dropdown>
    </Popover>
  )
}
