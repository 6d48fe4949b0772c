// What is shown of the log, and how.
import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { Pause, Play, WrapText } from 'lucide-react'
import type { RefObject } from 'react'
import { goesOn } from '@/shared/lab'
import { type Log, type LogHandle, type LogState, useSlowly } from '@/shared/log'
import { changeSettings, useSettings } from '@/shared/settings'
import type { Run } from '@/shared/wire'
import { short } from '@/shared/words'
import type { View } from './address'
import type { Bookmarks } from './bookmarks'
import { Levels } from './Levels'
import { MarksMenu, MoreMenu, TimeMenu } from './Menus'
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

const errOf = (s: LogState) => s.err

export function Toolbar(props: Props) {
  const { log, run, handle, view, steps, bookmarks, field, isPhone, isSearching, onChange } = props
  const err = useSlowly(log, errOf)
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
          <MarksMenu bookmarks={bookmarks} onLine={props.onLine} />
          <MoreMenu handle={handle} steps={steps} />
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
      <MoreMenu handle={handle} steps={steps} />
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
