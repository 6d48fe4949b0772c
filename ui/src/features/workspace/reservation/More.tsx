import { ActionIcon, Menu } from '@mantine/core'
import { Ellipsis } from 'lucide-react'

export type MoreItem = { label: string; run: () => void }

// What a phone has no room for.
export function More({ items, className }: { items: MoreItem[]; className?: string | undefined }) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" aria-label="More of this reservation" className={className}>
          <Ellipsis size={16} strokeWidth={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, run }) => (
          <Menu.Item key={label} onClick={run}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
