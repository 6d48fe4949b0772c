// How what is told to this person is shown: as a toast where nothing on the page
// shows it anyway, and as the browser's notification while nobody looks.
import { notify } from '@/shared/notify'
import { anHour, askPlace, clockTime } from '@/shared/reservation'
import { type Link, RequestError } from '@/shared/socket'
import { openTalk, panel, textOf } from '@/shared/talk'
import { noticeOf, noticeWords } from '@/shared/talk/noticeWords'
import { toast } from '@/shared/toast'
import type { Bench, Notice, StoredEvent } from '@/shared/wire'
import { legible, sentence } from '@/shared/words'

type On = { benches: Bench[]; goTo: (to: string) => void; socket: Pick<Link, 'request'> }

export function noticed(event: StoredEvent, { benches, goTo, socket }: On): void {
  const notice = noticeOf(event)
  const { title, text, tone, to, isSeen } = noticeWords(notice, benches, location.pathname)
  const go = () => {
    if (to) goTo(to)
  }
  void notify({ id: idOf(event), title, text, chosen: go })
  if (isSeen && document.visibilityState === 'visible') return
  const open = to ? { label: 'Open', run: go } : undefined
  const extend = { label: 'Extend by 1 h', run: () => extended(notice, title, socket) }
  const mayExtend = notice.kind === 'reservation_ends' && !notice.who
  toast({ title, text, tone, action: mayExtend ? extend : open })
}

// The relay counts from now: what is left is added.
async function extended({ bench, device, in_s }: Notice, title: string, socket: On['socket']) {
  const body = { device: device ?? '', for_s: anHour + (in_s ?? 0) }
  try {
    const { until } = await askPlace(socket, bench ?? '', 'extend', body)
    toast({ title: `Yours until ${clockTime(Date.parse(until ?? ''))}`, tone: 'ok' })
  } catch (e) {
    if (!(e instanceof RequestError)) throw e
    const why = [e.fault.message, e.fault.hint ?? ''].map(sentence).join(' ').trim()
    toast({ title: 'Not extended', text: `${title}. ${why}`, tone: 'warn' })
  }
}

export function said(conversation: string, event: StoredEvent): void {
  const { isOpen, conversation: open } = panel.getState()
  const title = legible(event.from?.name ?? '')
  const text = shortened(textOf(event.d))
  const answer = () => openTalk(conversation)
  void notify({ id: idOf(event), title, text, chosen: answer })
  if (isOpen && open === conversation) return
  toast({ title, text, about: conversation, action: { label: 'Answer', run: answer } })
}

// Every tab hears the same event, by the same offset.
const idOf = ({ o, at, room }: StoredEvent) => o ?? `${room} ${at}`

const shortened = (text: string) => {
  const line = legible(text.replaceAll(/\s+/g, ' ').trim())
  return line.length > 160 ? `${line.slice(0, 160)}…` : sentence(line)
}
