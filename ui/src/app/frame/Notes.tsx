// Quiet notes about this PC: what works on, a little differently.
import { ActionIcon } from '@mantine/core'
import { Clock, HardDrive, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { clock } from '@/shared/clock'
import { trouble } from '@/shared/storage'
import { elapsed } from '@/shared/words'
import css from './notes.module.css'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

const troubles = {
  full: 'This browser’s storage is full. Drafts and marks last until the page is closed; settings are kept by the relay.',
  disabled:
    'This browser keeps nothing for this page. Drafts and marks last until the page is closed; settings are kept by the relay.',
}

export function Notes() {
  const { off } = useStore(clock)
  const kept = useStore(trouble, (s) => s.trouble)
  return (
    <div role="status">
      {off !== 0 ? (
        <Note key={`clock ${Math.sign(off)}`} sign={<Clock {...icon} />}>
          This PC’s clock is {elapsed(Math.abs(off))} {off > 0 ? 'ahead' : 'behind'}. Durations
          follow the relay’s clock.
        </Note>
      ) : null}
      {kept ? (
        <Note key={kept} sign={<HardDrive {...icon} />}>
          {troubles[kept]}
        </Note>
      ) : null}
    </div>
  )
}

function Note({ sign, children }: { sign: ReactNode; children: ReactNode }) {
  const [isRead, setRead] = useState(false)
  if (isRead) return null
  return (
    <p className={css.note}>
      {sign}
      <span>{children}</span>
      <ActionIcon size={20} aria-label="Close the note" onClick={() => setRead(true)}>
        <X {...icon} />
      </ActionIcon>
    </p>
  )
}
