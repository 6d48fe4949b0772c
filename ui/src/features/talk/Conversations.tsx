import { Bell, Server, Users } from 'lucide-react'
import { Hidden } from '@/shared/parts'
import { Avatar } from '@/shared/people'
import { notices } from '@/shared/talk'
import { short } from '@/shared/words'
import css from './talk.module.css'
import type { OneConversation } from './useConversations'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

type Props = { all: OneConversation[]; chosen: string; onChoose: (id: string) => void }

export function Conversations({ all, chosen, onChoose }: Props) {
  return (
    <nav className={css.list} aria-label="With whom">
      {all.map((one) => (
        <button
          key={one.id}
          type="button"
          className={css.one}
          aria-current={one.id === chosen ? 'true' : undefined}
          onClick={() => onChoose(one.id)}
        >
          {one.who ? <Avatar who={one.who} /> : signOf(one.id)}
          <span className={css.name}>{one.name}</span>
          <small>{one.detail}</small>
          {one.unread > 0 ? (
            <b className={css.unread}>
              {short(one.unread)}
              <Hidden> unread</Hidden>
            </b>
          ) : null}
        </button>
      ))}
    </nav>
  )
}

const signOf = (id: string) =>
  id === notices ? <Bell {...icon} /> : id === 'lab' ? <Users {...icon} /> : <Server {...icon} />
