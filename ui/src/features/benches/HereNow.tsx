import { useLab } from '@/shared/lab'
import { Hidden } from '@/shared/parts'
import { Avatar, listed, usePeople } from '@/shared/people'
import { openTalk } from '@/shared/talk'
import css from './benches.module.css'

const most = 5

// Who is in the lab: the way to their messages.
export function HereNow() {
  const people = usePeople()
  const more = useLab((s) => s.more.people ?? 0)
  if (people.length < 2) return null // oneself alone is nobody to talk to
  const names = people.map((p) => p.name)
  return (
    <button
      type="button"
      className={css.hereNow}
      title={listed(names, 9)}
      onClick={() => openTalk()}
    >
      {people.slice(0, most).map((p) => (
        <Avatar key={p.id} who={p} />
      ))}
      <span>
        {people.length + more} here
        <Hidden>: {listed(names, 9)}. Open the messages.</Hidden>
      </span>
    </button>
  )
}
