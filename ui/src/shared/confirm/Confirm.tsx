import { Button } from '@mantine/core'
import { useId, useLayoutEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { Words } from '@/shared/parts'
import { asked } from './confirm'
import css from './confirm.module.css'

// The place of questions. The browser's own dialog keeps the focus inside and
// gives it back.
export function Confirm() {
  const now = useStore(asked, (s) => s.now)
  const dialog = useRef<HTMLDialogElement>(null)
  const safe = useRef<HTMLButtonElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    if (!now) return
    const d = dialog.current
    d?.showModal()
    safe.current?.focus()
    return () => d?.close()
  }, [now])
  if (!now) return null
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onCancel={(e) => {
        e.preventDefault()
        now.answer(false)
      }}
    >
      <h2 id={`${id}-title`}>{now.title}</h2>
      <p id={`${id}-text`}>
        <Words text={now.text} />
      </p>
      <div>
        <Button ref={safe} size="md" onClick={() => now.answer(false)}>
          {now.safe}
        </Button>
        <Button
          variant="filled"
          size="md"
          className={now.isDanger ? css.danger : undefined}
          onClick={() => now.answer(true)}
        >
          {now.does}
        </Button>
      </div>
    </dialog>
  )
}
