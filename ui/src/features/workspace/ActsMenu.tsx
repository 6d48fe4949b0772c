// What one can have the device do beside commands: reboot, wait, its log.
import { Button, Menu } from '@mantine/core'
import { ChevronDown, Power } from 'lucide-react'
import { Fragment, useEffect } from 'react'
import { actsOf } from '@/shared/lab'
import { useActions } from '@/shared/palette'
import { toast } from '@/shared/toast'
import type { Bench, Device } from '@/shared/wire'
import { sentence } from '@/shared/words'
import { writeNote } from './noteAsked'
import { useLaunch } from './useLaunch'

type Props = { bench: Bench; device: Device }

export function ActsMenu({ bench, device }: Props) {
  const launch = useLaunch(bench, device)
  const { fault, forget } = launch
  useEffect(() => {
    if (!fault) return
    const text = [fault.message, fault.hint].filter(Boolean).map((t) => sentence(t!))
    toast({ title: 'Not started', text: text.join(' '), tone: 'warn' })
    forget()
  })
  const groups = actsOf(device)
  useActions(
    'Device',
    groups.flat().map((one) => ({
      id: one.id,
      label: one.label,
      words: `${one.words} ${one.found ?? ''}`,
      run: () => launch.act(one.act, one.words),
    })),
  )
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button
          leftSection={<Power size={14} strokeWidth={1.75} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
          disabled={launch.busy}
        >
          Device
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {groups.map((group, i) => (
          <Fragment key={group[0]?.id}>
            {i > 0 ? <Menu.Divider /> : null}
            {group.map((one) => (
              <Menu.Item key={one.id} onClick={() => launch.act(one.act, one.words)}>
                {one.label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => writeNote(bench.id)}>Pin a note to the bench…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
