// What the relay told this person, the newest on top.
import { Bell, CircleAlert, CircleCheck } from 'lucide-react'
import { useEffect } from 'react'
import { useLab } from '@/shared/lab'
import { notices, useTalk, useTalkState } from '@/shared/talk'
import { noticeOf, noticeWords } from '@/shared/talk/noticeWords'
import { ago } from '@/shared/words'
import css from './talk.module.css'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

export function NoticeList({ onGo }: { onGo: (to: string) => void }) {
  const talk = useTalk()
  const all = useTalkState((s) => s.notices)
  const benches = useLab((s) => s.benches)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes while one looks is read
  useEffect(() => talk.read(notices), [talk, all])
  if (all.length === 0) {
    return (
      <p className={css.none}>
        No notices in the last 24 hours. Here stands what concerns you: a reservation that begins or
        ends, a bench that goes, a run that has ended.
      </p>
    )
  }
  return (
    <ul className={css.notices} aria-label="Notices">
      {all.toReversed().map((event, i) => {
        const { title, text, tone, to } = noticeWords(noticeOf(event), benches, '')
        const row = (
          <>
            {tone === 'ok' ? (
              <CircleCheck {...icon} className={css.ok} />
            ) : tone ? (
              <CircleAlert {...icon} className={css.warn} />
            ) : (
              <Bell {...icon} />
            )}
            <span>
              <b>{title}</b>
              {text ? <span>{text}</span> : null}
            </span>
            <time dateTime={event.at}>{ago(Date.parse(event.at))}</time>
          </>
        )
        return (
          <li key={event.o ?? `${event.at} ${i}`}>
            {to ? (
              <button type="button" onClick={() => onGo(to)}>
                {row}
              </button>
            ) : (
              <p>{row}</p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
