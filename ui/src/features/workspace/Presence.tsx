// The others at this bench: who drives, who watches, who stands beside it.
import { MessageSquare } from 'lucide-react'
import { Hidden } from '@/shared/parts'
import { Avatar, isAt, listed, useMe, usePeople } from '@/shared/people'
import { useStand } from '@/shared/reservation'
import { openTalk } from '@/shared/talk'
import type { Bench, Device, Person } from '@/shared/wire'
import css from './workspace.module.css'

const named = 2 // with a word beside them; the rest are squares

type Props = { bench: Bench; device: Device | undefined }

export function Presence({ bench, device }: Props) {
  const me = useMe()?.id
  const people = usePeople(bench.id)
  const { holder } = useStand(bench.id, device?.id ?? '')
  const others = people.filter((p) => p.id !== me)
  if (others.length === 0) return null
  const own = people.find((p) => p.id === me)
  const does = (p: Person) =>
    p.id === holder?.id ? 'drives' : device && !isAt(p, bench.id, device.id) ? 'beside' : 'watches'
  const drivers = [...others].sort(
    (a, b) => Number(b.id === holder?.id) - Number(a.id === holder?.id),
  )
  const names = [...(own ? ['you'] : []), ...drivers.map((p) => p.name)]
  return (
    <button
      type="button"
      className={css.presence}
      title="Message to the people at this bench"
      onClick={() => openTalk(`bench:${bench.id}`)}
    >
      <Hidden>At this bench: {listed(names, 8)}. Open the messages.</Hidden>
      {own ? <Avatar who={own} /> : null}
      {drivers.slice(0, named).map((p) => (
        <span key={p.id} aria-hidden>
          <Avatar who={p} />
          <small>
            {p.name} {words[does(p)]}
          </small>
        </span>
      ))}
      {drivers.length > named ? <small aria-hidden>+{drivers.length - named}</small> : null}
      <MessageSquare size={14} strokeWidth={1.75} aria-hidden />
    </button>
  )
}

const words = { drives: 'drives', watches: 'watches', beside: 'is at this bench' }
