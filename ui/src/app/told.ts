// How what is told to this person is shown: as a toast where nothing on the page
// shows it anyway, and as the browser's notification while nobody looks.
import { notify } from '@/shared/notify'
import { openTalk, panel, textOf } from '@/shared/talk'
import { noticeOf, noticeWords } from '@/shared/talk/noticeWords'
import { toast } from '@/shared/toast'
import type { Bench, StoredEvent } from '@/shared/wire'
import { legible, sentence } from '@/shared/words'

export function noticed(event: StoredEvent, benches: Bench[], goTo: (to: string) => void): void {
  const { title, text, tone, to, isSeen } = noticeWords(noticeOf(event), benches, location.pathname)
  const go = () => goTo(to)
  notify(title, text, go)
  if (isSeen && document.visibilityState === 'visible') return
  toast({ title, text, tone, action: to ? { label: 'Open', run: go } : undefined })
}

export function said(conversation: string, event: StoredEvent): void {
  const { isOpen, conversation: open } = panel.getState()
  const title = legible(event.from?.name ?? '')
  const text = shortened(textOf(event.d))
  const answer = () => openTalk(conversation)
  notify(title, text, answer)
  if (isOpen && open === conversation) return
  toast({ title, text, action: { label: 'Answer', run: answer } })
}

const shortened = (text: string) => {
  const line = legible(text.replaceAll(/\s+/g, ' ').trim())
  return line.length > 160 ? `${line.slice(0, 160)}…` : sentence(line)
}
