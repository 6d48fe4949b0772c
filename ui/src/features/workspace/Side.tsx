import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog } from '@/shared/parts'
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

// Where the window is too narrow for a third column.
export function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <Dialog className={css.drawer} aria-label="Checks and properties" onClose={onClose}>
      <div className={css.drawerHead}>
        <ActionIcon aria-label="Close" onClick={onClose}>
          <X size={16} strokeWidth={1.75} />
        </ActionIcon>
      </div>
      {children}
    </Dialog>
  )
}
