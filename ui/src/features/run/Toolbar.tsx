// What is shown of the log, and how.
import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core'
import { Bookmark, ChevronDown, Clock, Pause, Play, WrapText } from 'lucide-react'
import type { RefObject } from 'react'
import { useStore } from 'zustand'
import { goesOn } from '@/shared/lab'
import type { Log, LogHandle, TimeMode } from '@/shared/log'
import { changeSettings, useSettings } from '@/shared/settings'
import type { Run } from '@/shared/wire'
import { count, short } from '@/shared/words'
import type { View } from './address'
import type { Bookmarks } from './bookmarks'
import { Levels } from './Levels'
import css from './run.module.css'
import { Search } from './Search'
import { TextFilter } from './TextFilter'
import { useFollowing } from './usePane'
import type { Steps } from './useSteps'

type Props = {
  log: Log
  run: Run | undefined
  handle: LogHandle | undefined
  view: View
  steps: Steps
  bookmarks: Bookmarks
  field: RefObject<HTMLInputElement | null>
  isPhone: boolean
  isSearching: boolean // on a phone the field comes when it is asked for
  onChange: (c: Partial<View>) => void
  onLine: (line: number) => void
  onLeaveSearch: () => void
}

export const times: { value: TimeMode; label: string }[] = [
  { value: 'clock', label: 'Clock' },
  { value: 'relative', label: 'Relative' },
  { value: 'delta', label: 'Delta' },
]

export function Toolbar(props: Props) {
  const { log, run, handle, view, steps, bookmarks, field, isPhone, isSearching, onChange } = props
  const err = useStore(log.state, (s) => s.err)
  const isWrapped = useSettings((s) => s.wrap)
  const levels = <Levels log={log} hidden={view.hidden} onHide={(hidden) => onChange({ hidden })} />
  const search = (
    <Search
      log={log}
      search={view.search}
      steps={steps}
      field={field}
      onChange={(s) => onChange({ search: s })}
      onLeave={props.onLeaveSearch}
    />
  )
  if (isPhone) {
    return (
      <div className={css.toolbar} role="toolbar" aria-label="Log">
        {isSearching || view.search.text ? search : null}
        <div className={css.chips}>
          {levels}
          <TextFilter log={log} filter={view.filter} onChange={(filter) => onChange({ filter })} />
          <TimeMenu />
        </div>
      </div>
    )
  }
  return (
    <div className={css.toolbar} role="toolbar" aria-label="Log">
      {run && goesOn(run) ? <Follow handle={handle} /> : null}
      {search}
      {levels}
      {err > 0 || view.stream ? (
        <SegmentedControl
          aria-label="Streams"
          value={view.stream ?? 'all'}
          onChange={(v) => onChange({ stream: v === 'out' || v === 'err' ? v : undefined })}
          data={[
            { value: 'all', label: 'All' },
            { value: 'out', label: 'out' },
            { value: 'err', label: `err ${short(err)}` },
          ]}
        />
      ) : null}
      <TextFilter log={log} filter={view.filter} onChange={(filter) => onChange({ filter })} />
      <span className={css.space} />
      <ActionIcon
        variant="default"
        className={isWrapped ? css.on : ''}
        aria-pressed={isWrapped}
        aria-label="Wrap long lines"
        title="Wrap long lines, w"
        onClick={() => changeSettings({ wrap: !isWrapped })}
      >
        <WrapText size={16} />
      </ActionIcon>
      <TimeMenu />
      <MarksMenu bookmarks={bookmarks} onLine={props.onLine} />
    </div>
  )
}

function Follow({ handle }: { handle: LogHandle | undefined }) {
  const isFollowing = useFollowing(handle)
  return (
    <Button
      aria-pressed={isFollowing}
      className={isFollowing ? css.on : ''}
      leftSection={isFollowing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
      onClick={() => (isFollowing ? handle?.pane.pause() : handle?.pane.follow())}
    >
      {isFollowing ? 'Following' : 'Follow'} <kbd>f</kbd>
    </Button>
  )
}

function TimeMenu() {
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
        {times.map(({ value, label }) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={value === time}
            className={value === time ? css.chosen : ''}
            onClick={() => changeSettings({ time: value })}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function MarksMenu({ bookmarks, onLine }: { bookmarks: Bookmarks; onLine: (l: number) => void }) {
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
