import { ActionIcon, Button } from '@mantine/core'
import { CircleCheck, CircleX, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { dismiss, type Shown, toasts } from './toast'
import css from './toast.module.css'

const stays = 6_000
const staysWithAction = 12_000 // time to read, decide and reach it

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const icons = {
  ok: <CircleCheck {...icon} />,
  warn: <TriangleAlert {...icon} />,
  danger: <CircleX {...icon} />,
  none: <Info {...icon} />,
}

// The place of the toasts: below, where they cover no title. It is there from
// the start, so that a screen reader hears what comes in.
export function Toasts() {
  const shown = useStore(toasts, (s) => s.shown)
  return (
    <section className={css.place} aria-label="Messages" aria-live="polite">
      {shown.map((t) => (
        <OneToast key={t.id} toast={t} />
      ))}
    </section>
  )
}

function OneToast({ toast }: { toast: Shown }) {
  const { id, title, text, tone, action } = toast
  const [isHeld, setHeld] = useState(false) // pointed at, or focused
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => dismiss(id), action ? staysWithAction : stays)
    return () => clearTimeout(timer)
  }, [id, action, isHeld])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: holding still is no action
    <div
      className={`${css.toast} ${tone ? css[tone] : ''}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {icons[tone ?? 'none']}
      <p>
        <b>{title}</b> {text}
      </p>
      {action ? (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <ActionIcon aria-label="Dismiss" onClick={() => dismiss(id)}>
        <X size={14} strokeWidth={1.75} />
      </ActionIcon>
    </div>
  )
}
