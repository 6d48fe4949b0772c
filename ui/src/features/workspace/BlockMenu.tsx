// What one may do with a result beside running it again.
import { ActionIcon, Menu } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { Copy, Ellipsis, Link as LinkIcon, Maximize2, RotateCw, Star } from 'lucide-react'
import { wholeCommand } from '@/shared/lab'
import { copy } from '@/shared/parts'
import { toast } from '@/shared/toast'
import type { Run } from '@/shared/wire'
import { outputText } from './useOutput'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

const largest = 8 << 20 // bytes that go to the clipboard
const longestSaved = 4096 // characters that go into an address

export function BlockMenu({ run, onAgain }: { run: Run; onAgain: () => void }) {
  const navigate = useNavigate()
  // The address hands the command to the editor, so that a reload keeps it.
  const save = async () => {
    const text = await wholeCommand(run).catch(() => run.command)
    navigate({ to: '/checks', search: { new: text.slice(0, longestSaved) } })
  }
  const said = (what: string, ok: boolean) =>
    ok
      ? toast({ title: `${what} copied`, tone: 'ok' })
      : toast({ title: `${what} not copied`, text: 'The browser did not allow it.', tone: 'warn' })
  const output = async () => {
    if (run.bytes > largest) {
      return toast({
        title: 'Too much for the clipboard',
        text: 'Open the run and download its log.',
        tone: 'warn',
      })
    }
    const text = await outputText(run.id).catch(() => undefined)
    said('Output', text !== undefined && (await copy(text)))
  }
  const command = async () => {
    const text = await wholeCommand(run).catch(() => undefined)
    said('Command', text !== undefined && (await copy(text)))
  }
  const link = async () => said('Link', await copy(`${location.origin}/r/${run.id}`))
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon aria-label="More of this run" size={24}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Maximize2 {...icon} />}
          component={Link}
          {...({ to: '/r/$id', params: { id: run.id } } as object)}
        >
          Open run
        </Menu.Item>
        <Menu.Item leftSection={<RotateCw {...icon} />} onClick={onAgain}>
          Run again
        </Menu.Item>
        <Menu.Item leftSection={<Copy {...icon} />} onClick={output}>
          Copy output
        </Menu.Item>
        <Menu.Item leftSection={<Copy {...icon} />} onClick={command}>
          Copy command
        </Menu.Item>
        <Menu.Item leftSection={<LinkIcon {...icon} />} onClick={link}>
          Copy link
        </Menu.Item>
        {run.check || run.act ? null : (
          <Menu.Item leftSection={<Star {...icon} />} onClick={save}>
            Save command…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
