import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Bench, Device, Run } from '@/shared/wire'
import { ChecksPanel } from './ChecksPanel'
import { PropertiesPanel } from './PropertiesPanel'
import css from './workspace.module.css'

type Props = { bench: Bench; device: Device; blocks: Run[] }

export function Side({ bench, device, blocks }: Props) {
  return (
    <>
      <ChecksPanel bench={bench} device={device} blocks={blocks} />
      <PropertiesPanel bench={bench} device={device} blocks={blocks} />
    </>
  )
}

// Where the window is too narrow for a third column. The browser's own dialog
// keeps the focus inside and gives it back.
export function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it, as Escape does
    <dialog
      ref={dialog}
      className={css.drawer}
      aria-label="Checks and properties"
      onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}
    >
      <div className={css.drawerHead}>
        <ActionIcon aria-label="Close" onClick={onClose}>
          <X size={16} strokeWidth={1.75} />
        </ActionIcon>
      </div>
      {children}
    </dialog>
  )
}
