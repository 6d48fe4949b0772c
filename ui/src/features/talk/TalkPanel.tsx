// Messages: to the lab, to the people of a bench, to one person; and what the
// relay told this person. Who is here stands on top, for it is them one talks to.
import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Dialog } from '@/shared/parts'
import { closeTalk, notices, openTalk, panel } from '@/shared/talk'
import { dismissAbout } from '@/shared/toast'
import { Conversations } from './Conversations'
import { NoticeList } from './NoticeList'
import { Talking } from './Talking'
import css from './talk.module.css'
import { useConversations } from './useConversations'

// `bench` is the one that the page is about.
type Props = { bench: string | undefined; isDocked: boolean; onGo: (to: string) => void }

export function TalkPanel({ bench, isDocked, onGo }: Props) {
  const wanted = useStore(panel, (s) => s.conversation)
  const all = useConversations(bench)
  const chosen = all.find((c) => c.id === wanted) ?? all[0]!
  useEffect(() => dismissAbout(chosen.id), [chosen.id])
  const go = (to: string) => {
    if (!isDocked) closeTalk()
    onGo(to)
  }
  const inside = (
    <>
      <header className={css.head}>
        <h2 id="talk">Messages</h2>
        <ActionIcon aria-label="Close the messages" onClick={closeTalk}>
          <X size={16} strokeWidth={1.75} aria-hidden />
        </ActionIcon>
      </header>
      <Conversations all={all} chosen={chosen.id} onChoose={openTalk} />
      {chosen.id === notices ? (
        <NoticeList onGo={go} />
      ) : (
        <Talking key={chosen.id} conversation={chosen} onGo={go} />
      )}
    </>
  )
  if (isDocked) {
    return (
      <Docked>
        <div className={css.panel}>{inside}</div>
      </Docked>
    )
  }
  return (
    <Dialog className={css.drawer} aria-labelledby="talk" onClose={closeTalk}>
      <div className={css.panel}>{inside}</div>
    </Dialog>
  )
}

// Beside the page, Escape closes it as it does a dialog.
function Docked({ children }: { children: React.ReactNode }) {
  useEffect(() => () => document.getElementById('content')?.focus(), [])
  return (
    <aside
      className={css.docked}
      aria-labelledby="talk"
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || e.defaultPrevented) return
        e.preventDefault()
        closeTalk()
      }}
    >
      {children}
    </aside>
  )
}
