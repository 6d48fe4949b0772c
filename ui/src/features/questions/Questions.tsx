// What others wait for an answer to: somebody asks for control, or hands a
// device over. Bars over the page, wherever one is; nothing takes the focus.
import { Button } from '@mantine/core'
import { useLab } from '@/shared/lab'
import { useKeptFocus, useNow } from '@/shared/parts'
import { Avatar } from '@/shared/people'
import { placeName, type Question, usePlace } from '@/shared/reservation'
import { elapsed, sentence } from '@/shared/words'
import css from './questions.module.css'

type Props = { questions: Question[]; onGo: (to: string) => void }

export function Questions({ questions, onGo }: Props) {
  const kept = useKeptFocus<HTMLElement>()
  return (
    <section className={css.all} aria-label="Questions to you" {...kept}>
      {questions.map((q) => (
        <One key={`${q.kind} ${q.bench} ${q.place.device} ${q.who?.id ?? ''}`} q={q} onGo={onGo} />
      ))}
    </section>
  )
}

function One({ q, onGo }: { q: Question; onGo: (to: string) => void }) {
  const bench = useLab((s) => s.benches.find((b) => b.id === q.bench))
  const { act, busy, fault } = usePlace(q.bench)
  const { device } = q.place
  const on = placeName(bench, q.bench, device)
  const who = q.who ?? { id: '', name: 'Somebody' }
  const accept = async () => {
    if (!(await act('answer', { device, accept: true }))) return
    const to = device || bench?.devices?.[0]?.id
    onGo(`/b/${q.bench}${to ? `/${to}` : ''}`)
  }
  return (
    <div className={css.one} data-question={q.kind}>
      <Avatar who={who} />
      <p role="alert">
        <b>
          {q.kind === 'ask'
            ? `${who.name} asks for control of ${on}.`
            : `${who.name} hands ${on} over to you.`}
        </b>
        {q.note ? <span> “{q.note}”</span> : null}
        {fault ? (
          <span className={css.fault}>
            {' '}
            {sentence(fault.message)} {fault.hint ? sentence(fault.hint) : null}
          </span>
        ) : null}
      </p>
      {q.kind === 'offer' ? <Left until={q.until} /> : null}
      <div className={css.acts}>
        {q.kind === 'ask' ? (
          <>
            <Button disabled={busy} onClick={() => act('refuse', { device, who: who.id })}>
              Keep control
            </Button>
            <Button
              variant="filled"
              disabled={busy}
              onClick={() => act('hand', { device, to: who.id })}
            >
              Hand over
            </Button>
          </>
        ) : (
          <>
            <Button disabled={busy} onClick={() => act('answer', { device, accept: false })}>
              Not now
            </Button>
            <Button variant="filled" disabled={busy} onClick={accept}>
              Take control
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

// The seconds are for the eye: the alert has said it once.
function Left({ until }: { until: number }) {
  const now = useNow(true)
  return (
    <span className={css.left} aria-hidden>
      {elapsed(until - now)} left
    </span>
  )
}
