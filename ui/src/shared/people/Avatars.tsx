// People as small squares of initials: oneself in accent, the others grey.
import type { User } from '@/shared/wire'
import { initials, listed, useMe } from './people'
import css from './people.module.css'

export function Avatar({ who }: { who: User }) {
  const me = useMe()?.id
  return (
    <i className={`${css.avatar} ${who.id === me ? css.own : ''}`} title={who.name} aria-hidden>
      {initials(who.name)}
    </i>
  )
}

type Props = { people: User[]; most?: number; says?: (names: string) => string }

// Avatars says aloud what it shows; where nobody is, it is not there.
export function Avatars({ people, most = 3, says = (names) => `${names} here` }: Props) {
  const me = useMe()?.id
  if (people.length === 0) return null
  const shown = people.length > most ? people.slice(0, most - 1) : people
  const names = people.map((p) => (p.id === me ? 'you' : p.name))
  return (
    <span className={css.avatars} role="img" aria-label={says(listed(names, 6))}>
      {shown.map((who) => (
        <Avatar key={who.id} who={who} />
      ))}
      {people.length > shown.length ? (
        <small aria-hidden title={listed(names.slice(shown.length), 9)}>
          +{people.length - shown.length}
        </small>
      ) : null}
    </span>
  )
}
