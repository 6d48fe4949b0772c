// Follows what is told to this person alone: words, and notices. How they are
// shown is fetched with the first of them.
import { useRouter } from '@tanstack/react-router'
import { useContext, useEffect } from 'react'
import { LabContext } from '@/shared/lab'
import { whileLooked } from '@/shared/notify/tabs'
import { useMe } from '@/shared/people'
import { useSocket } from '@/shared/socket'
import { notices, useTalk } from '@/shared/talk'

export function useTold(): void {
  const socket = useSocket()
  const talk = useTalk()
  const lab = useContext(LabContext)
  const me = useMe()?.id
  const { history } = useRouter()
  useEffect(whileLooked, [])
  useEffect(() => (me ? talk.enterOwn(socket, me) : undefined), [talk, socket, me])
  useEffect(
    () =>
      talk.whenHeard((conversation, event) => {
        const isNotice = conversation === notices
        if (!isNotice && !conversation.startsWith('user:')) return // a count is enough
        import('./told').then(
          (told) => {
            const { benches = [] } = lab?.state.getState() ?? {}
            if (isNotice) told.noticed(event, { benches, socket, goTo: (to) => history.push(to) })
            else told.said(conversation, event)
          },
          () => undefined, // the count and the list have it
        )
      }),
    [talk, history, lab, socket],
  )
}
