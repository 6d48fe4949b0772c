// The list over the command line: one's own commands, and with a star what the
// lab saved.
import { Kbd } from '@mantine/core'
import { History, Star } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { ago, plural, time } from '@/shared/words'
import css from './command.module.css'
import { marked, type Suggestion } from './suggest'
import type { OffersState } from './useOffers'

type Props = { id: string; text: string; offers: OffersState; onTake: (command: string) => void }

export function Offers({ id, text, offers, onTake }: Props) {
  const { found, index } = offers
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const one = list.current?.querySelector('[aria-selected="true"]')
    if (one) one.scrollIntoView({ block: 'nearest' })
    else if (list.current) list.current.scrollTop = list.current.scrollHeight
  })
  return (
    <div className={css.offers}>
      <div className={css.offersHead}>
        <span role="status">{words(text, found.length, offers.isLoading)}</span>
        <span className={css.space} />
        <span className={css.keysHint}>
          <Kbd>↑</Kbd>
          <Kbd>↓</Kbd> choose <Kbd>Tab</Kbd> fill in
        </span>
      </div>
      <div ref={list} id={id} role="listbox" aria-label="Commands" className={css.offersList}>
        {found
          .map((one, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={one.command}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === index}
              tabIndex={-1}
              className={css.offer}
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => onTake(one.command)}
            >
              {one.saved ? <Star size={14} aria-hidden /> : <History size={14} aria-hidden />}
              <Marked command={one.command} text={text} />
              <small>{told(one)}</small>
            </div>
          ))
          .reverse()}
      </div>
    </div>
  )
}

function Marked({ command, text }: { command: string; text: string }) {
  const [before, match, after] = marked(command, text)
  return (
    <code>
      {before}
      <b>{match}</b>
      {after}
    </code>
  )
}

function words(text: string, n: number, isLoading: boolean): string {
  if (n === 0) return isLoading ? 'Reading your history' : 'No command yet'
  return text.trim() ? `History, ${plural(n, 'match', 'matches')} for “${text.trim()}”` : 'History'
}

function told(one: Suggestion): string {
  if (one.saved && !one.times) return `saved as ${one.saved}`
  if (one.lastAt === undefined) return ''
  const isToday = new Date(one.lastAt).toDateString() === new Date().toDateString()
  const last = isToday ? time(one.lastAt).slice(0, 5) : ago(one.lastAt)
  const when = one.times > 1 ? `${plural(one.times, 'time')}, last ${last}` : last
  return one.saved ? `saved as ${one.saved}, ${when}` : when
}
