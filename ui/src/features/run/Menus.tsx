// The menus of the log's toolbar.
import { ActionIcon, Button, Menu } from '@mantine/core'
import { Bookmark, Check, ChevronDown, Clock, Ellipsis } from 'lucide-react'
import type { LogHandle, TimeMode } from '@/shared/log'
import { changeSettings, useSettings } from '@/shared/settings'
import { count } from '@/shared/words'
import type { Bookmarks } from './bookmarks'
import css from './run.module.css'
import type { Steps } from './useSteps'

export const times: { value: TimeMode; label: string }[] = [
  { value: 'clock', label: 'Clock' },
  { value: 'relative', label: 'Relative' },
  { value: 'delta', label: 'Delta' },
]

export function TimeMenu() {
  const time = useSettings((s) => s.time)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<Clock size={14} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
          aria-label={`Times: ${time}`}
          title="Times, t"
        >
          {times.find((t) => t.value === time)?.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={time}
          onChange={(value) => changeSettings({ time: value as TimeMode })}
        >
          {times.map(({ value, label }) => (
            <Menu.RadioItem
              key={value}
              value={value}
              closeMenuOnClick
              checkIcon={<Check size={14} aria-hidden />}
            >
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

export function MarksMenu({
  bookmarks,
  onLine,
}: {
  bookmarks: Bookmarks
  onLine: (l: number) => void
}) {
  const lines = [...bookmarks.lines].sort((a, b) => a - b)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="default"
          aria-label={`Bookmarks: ${lines.length}`}
          title="Bookmarks, b for the next"
        >
          <Bookmark size={16} fill={lines.length > 0 ? 'currentColor' : 'none'} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={css.scrolls}>
        {lines.length === 0 ? <Menu.Label>Press m on a line to bookmark it</Menu.Label> : null}
        {lines.map((line) => (
          <Menu.Item key={line} onClick={() => onLine(line)}>
            Line {count(line)}
          </Menu.Item>
        ))}
        {lines.length > 0 ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={bookmarks.clear}>Remove all bookmarks</Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}

type MoreProps = { handle: LogHandle | undefined; steps: Steps }

// What has a key but no place of its own.
export function MoreMenu({ handle, steps }: MoreProps) {
  const pane = handle?.pane
  const ways: [string, string, () => void][] = [
    ['Next error', 'e', () => void steps.step('error', 1)],
    ['Previous error', 'E', () => void steps.step('error', -1)],
    ['Next warning', 'a', () => void steps.step('warn', 1)],
    ['Previous warning', 'A', () => void steps.step('warn', -1)],
    ['First line', 'Home', () => pane?.goTo(0, 'top')],
    ['Newest line', 'End', () => pane?.follow()],
  ]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label="More of this log">
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {ways.map(([label, key, go]) => (
          <Menu.Item key={key} rightSection={<kbd>{key}</kbd>} onClick={go}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
