// A notice as a toast: what it says, where it leads, and whether the page at
// that address shows it anyway.
import { clockTime, placeName, span } from '@/shared/reservation'
import type { Bench, Notice, StoredEvent } from '@/shared/wire'
import { legible, sentence } from '@/shared/words'

type Told = {
  title: string
  text: string
  tone?: 'ok' | 'warn' | 'danger'
  to: string
  isSeen: boolean
}

export function noticeWords(n: Notice, benches: Bench[], path: string): Told {
  const bench = n.bench ?? ''
  const place = placeName(
    benches.find((b) => b.id === bench),
    bench,
    n.device ?? '',
  )
  const who = legible(n.who?.name ?? '') || 'Somebody'
  const note = n.note ? `“${legible(n.note)}”` : ''
  const to = n.run ? `/r/${n.run}` : bench ? `/b/${bench}${n.device ? `/${n.device}` : ''}` : ''
  const isThere = to !== '' && (path === to || path === `/b/${bench}`)
  const until = Date.parse(n.until ?? '')
  const told = (title: string, text = note, tone?: Told['tone'], isSeen = isThere): Told => ({
    title,
    text,
    ...(tone ? { tone } : {}),
    to,
    isSeen,
  })
  switch (n.kind) {
    case 'reservation_yours':
      return told(`${place} is yours`, until ? `Until ${clockTime(until)}.` : note, 'ok')
    case 'reservation_ends':
      return told(
        `${place} is yours for ${span(n.in_s ?? 120)} more`,
        n.who ? `${who} waits for it: it passes on then.` : 'Extend it to go on.',
        'warn',
      )
    case 'reservation_over':
      return told(`Your reservation of ${place} is over`)
    case 'taken':
      return told(`${who} took over ${place}`, note, 'warn', false)
    case 'asked':
      return told(`${who} asks for control of ${place}`, note, undefined, true)
    case 'ask_refused':
      return told(`${who} keeps control of ${place}`, note, undefined, false)
    case 'offered':
      return told(`${who} hands ${place} over to you`, note, undefined, true)
    case 'offer_back':
      return told(`${place} is yours again`, `${who} did not take it over.`, 'warn', false)
    case 'run_finished':
      return told(legible(n.text) || 'Your run has ended', '')
    case 'bench_offline':
      return told(sentence(legible(n.text)), '', 'warn')
    case 'bench_online':
      return told(sentence(legible(n.text)), '', 'ok')
    default:
      return told(sentence(legible(n.text || n.kind)))
  }
}

export const noticeOf = (event: StoredEvent): Notice => {
  const d = Object(event.d) as Partial<Notice>
  return { ...d, kind: String(d.kind ?? '') as Notice['kind'], text: String(d.text ?? '') }
}
