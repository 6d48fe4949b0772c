// One conversation: what was said, and the field to say something.
import { Link } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Avatar, useMe } from '@/shared/people'
import { textOf, unreadOf, useTalk, useTalkState } from '@/shared/talk'
import type { StoredEvent, User } from '@/shared/wire'
import { legible, sentence, time } from '@/shared/words'
import { Composer } from './Composer'
import css from './talk.module.css'
import type { OneConversation } from './useConversations'

const oneBreath = 5 * 60_000 // words of one person that stand under one name

type Props = { conversation: OneConversation; onGo: (to: string) => void }

export function Talking({ conversation: { id, name, who, at }, onGo }: Props) {
  const talk = useTalk()
  const me = useMe()
  const said = useTalkState((s) => s.with[id]?.said) ?? none
  const lacks = useTalkState((s) => s.with[id]?.lacks) ?? ''
  const unread = useTalkState((s) => unreadOf(s, me?.id, id))
  const [isSeen, setSeen] = useState(() => document.visibilityState === 'visible')
  const list = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const look = () => setSeen(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  useEffect(() => {
    if (unread > 0 && isSeen) talk.read(id)
  }, [talk, id, unread, isSeen])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was added may reach below the edge
  useLayoutEffect(() => {
    if (isAtEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [said])
  return (
    <>
      {at ? (
        <button type="button" className={css.follow} onClick={() => onGo(at)}>
          <Link size={14} strokeWidth={1.75} aria-hidden /> Go to what {name} looks at
        </button>
      ) : null}
      <div
        ref={list}
        className={css.said}
        role="log"
        aria-label={`Said ${who ? 'between you and' : 'to'} ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the keys for it
        tabIndex={0}
        onScroll={({ currentTarget: e }) => {
          isAtEnd.current = e.scrollHeight - e.scrollTop - e.clientHeight < 24
        }}
      >
        {lacks ? <p className={css.lacks}>Earlier messages are gone. {sentence(lacks)}</p> : null}
        {said.length === 0 ? <p className={css.none}>{nothing(id, name)}</p> : null}
        {said.map((event, i) => (
          <Said
            key={event.o ?? `${event.at} ${i}`}
            event={event}
            own={event.from?.id === me?.id ? me : undefined}
            goesOn={isOneBreath(said[i - 1], event)}
          />
        ))}
      </div>
      <Composer id={id} name={name} />
    </>
  )
}

const none: StoredEvent[] = []

const nothing = (id: string, name: string) =>
  id === 'lab'
    ? 'Nothing was said in the last 24 hours. Whoever opens the dashboard reads what you write here.'
    : id.startsWith('bench:')
      ? `Nothing was said at ${name} in the last 24 hours.`
      : `Nothing was said between you and ${name} yet.`

const isOneBreath = (before: StoredEvent | undefined, event: StoredEvent) =>
  before !== undefined &&
  before.from?.id === event.from?.id &&
  Date.parse(event.at) - Date.parse(before.at) < oneBreath

type SaidProps = { event: StoredEvent; own: User | undefined; goesOn: boolean }

function Said({ event, own, goesOn }: SaidProps) {
  const name = legible(event.from?.name ?? '') || 'Somebody'
  const who = { id: event.from?.id ?? '', name }
  return (
    <div className={`${css.saying} ${goesOn ? css.goesOn : ''}`}>
      {goesOn ? null : (
        <p className={css.by}>
          <Avatar who={own ?? who} />
          <b>{own ? 'You' : name}</b>
          <time dateTime={event.at}>{time(Date.parse(event.at))}</time>
        </p>
      )}
      <p className={css.text}>
        <bdi>{lines(textOf(event.d))}</bdi>
      </p>
    </div>
  )
}

// Line ends are kept, everything else that is unseen is shown.
const lines = (text: string) => text.split(/\r?\n/).map(legible).join('\n')
