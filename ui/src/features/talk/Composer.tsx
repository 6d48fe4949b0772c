import { ActionIcon } from '@mantine/core'
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useDraft } from '@/shared/drafts'
import { FaultNote } from '@/shared/parts'
import { RequestError, useConnection, useSocket } from '@/shared/socket'
import { useTalk } from '@/shared/talk'
import type { Fault } from '@/shared/wire'
import css from './talk.module.css'

const longest = 4000 // characters: far below what the relay takes

export function Composer({ id, name }: { id: string; name: string }) {
  const talk = useTalk()
  const socket = useSocket()
  const isConnected = useConnection((c) => c.phase === 'connected')
  const [text, setText] = useDraft(`talk.${id}`)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus({ preventScroll: true }), [])
  const send = async () => {
    const said = text.trim()
    if (!said || busy) return
    setBusy(true)
    setFault(undefined)
    try {
      await talk.say(socket, id, said)
      setText('')
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      setFault(unsent(e.fault))
    } finally {
      setBusy(false)
      field.current?.focus({ preventScroll: true })
    }
  }
  const pressed = (e: KeyboardEvent) => {
    if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return
    e.preventDefault()
    send()
  }
  const to = id === 'lab' ? 'everybody' : name
  return (
    <form
      className={css.composer}
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      {fault ? <FaultNote fault={fault} /> : null}
      <div>
        <textarea
          ref={field}
          aria-label={`Message to ${to}`}
          placeholder={`Message to ${to}`}
          rows={1}
          maxLength={longest}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={pressed}
        />
        <ActionIcon
          type="submit"
          variant="filled"
          color="azure"
          aria-label="Send message"
          title="Send message ↵"
          disabled={!text.trim() || busy || !isConnected}
        >
          <SendHorizontal size={16} strokeWidth={1.75} aria-hidden />
        </ActionIcon>
      </div>
    </form>
  )
}

const unsent = (fault: Fault): Fault =>
  fault.code === 'no_answer'
    ? { ...fault, hint: 'It may have been sent. Look whether it stands above.' }
    : fault.code === 'not_connected'
      ? { ...fault, hint: 'The message was not sent. It stays here.' }
      : fault
