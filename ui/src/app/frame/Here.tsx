// The others who are here, and the way to what each looks at.
import { Link } from '@tanstack/react-router'
import { nameOf, useLab } from '@/shared/lab'
import { Avatar, useMe, usePeople } from '@/shared/people'
import { openTalk } from '@/shared/talk'
import type { Bench, Person } from '@/shared/wire'
import css from './frame.module.css'

const most = 8

export function Here() {
  const me = useMe()?.id
  const others = usePeople().filter((p) => p.id !== me)
  const benches = useLab((s) => s.benches)
  if (others.length === 0) return null
  return (
    <nav className={css.recent} aria-labelledby="here">
      <h2 id="here">Here now</h2>
      {others.slice(0, most).map((p) => {
        const at = p.at.find((l) => l.bench)
        const inside = (
          <>
            <Avatar who={p} />
            <span>
              <b>{p.name}</b>
              <small>{placeOf(p, benches)}</small>
            </span>
          </>
        )
        if (!at?.bench) {
          return (
            <button
              key={p.id}
              type="button"
              className={`${css.runItem} ${css.somebody}`}
              title={`Message to ${p.name}`}
              onClick={() => openTalk(`user:${p.id}`)}
            >
              {inside}
            </button>
          )
        }
        const to = at.device ? '/b/$bench/$device' : '/b/$bench'
        return (
          <Link
            key={p.id}
            to={to}
            params={{ bench: at.bench, device: at.device ?? '' }}
            className={`${css.runItem} ${css.somebody}`}
            title={`Go to what ${p.name} looks at`}
          >
            {inside}
          </Link>
        )
      })}
      {others.length > most ? (
        <button
          type="button"
          className={`${css.runItem} ${css.somebody}`}
          onClick={() => openTalk()}
        >
          <span>and {others.length - most} more</span>
        </button>
      ) : null}
    </nav>
  )
}

function placeOf(person: Person, benches: Bench[]): string {
  const at = person.at.find((l) => l.bench)
  const bench = benches.find((b) => b.id === at?.bench)
  if (!at) return 'at the lists'
  const device = bench?.devices?.find((d) => d.id === at.device)
  return [bench?.name ?? at.bench, device ? nameOf(device) : ''].filter(Boolean).join(' · ')
}
