import { Button, SegmentedControl } from '@mantine/core'
import { Pause, Play } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import { goesOn } from '@/shared/lab'
import { glyphs, type Log, type LogHandle, levels, type TimeMode, useCounts } from '@/shared/log'
import { Hidden } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import { short } from '@/shared/words'
import css from './run.module.css'

type Props = {
  handle: RefObject<LogHandle>
  log: Log
  time: TimeMode
  onTime: (t: TimeMode) => void
  run: Run | undefined
}

export function Toolbar({ handle, log, time, onTime, run }: Props) {
  const isFollowing = useFollowing(handle, log)
  const counts = useCounts(log)
  const marked = levels.filter((l) => l !== 'plain' && counts.byLevel[l] > 0)
  return (
    <div className={css.toolbar} role="toolbar" aria-label="Log">
      {run && goesOn(run) ? (
        <Button
          aria-pressed={isFollowing}
          className={isFollowing ? css.on : ''}
          leftSection={
            isFollowing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />
          }
          onClick={() =>
            isFollowing ? handle.current.pane?.pause() : handle.current.pane?.follow()
          }
        >
          {isFollowing ? 'Following' : 'Follow'} <kbd>f</kbd>
        </Button>
      ) : null}
      {marked.length > 0 || counts.err > 0 ? (
        <ul className={css.levels} aria-label="Lines by level">
          {marked.map((level) => (
            <li key={level} title={level}>
              <b className={css[level]} aria-hidden>
                {glyphs[level]}
              </b>
              <Hidden>{level}</Hidden> {short(counts.byLevel[level])}
            </li>
          ))}
          {counts.err > 0 ? (
            <li title="stderr">
              <span className={css.err}>err</span> {short(counts.err)}
            </li>
          ) : null}
        </ul>
      ) : null}
      <span className={css.space} />
      <SegmentedControl
        aria-label="Times"
        value={time}
        onChange={(v) => onTime(v as TimeMode)}
        data={[
          { value: 'relative', label: 'Relative' },
          { value: 'clock', label: 'Clock' },
        ]}
      />
    </div>
  )
}

// The pane is made after this component: look for it as lines come.
export function useFollowing(handle: RefObject<LogHandle>, log: Log): boolean {
  const [isFollowing, setFollowing] = useState(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another log has another pane
  useEffect(() => {
    const pane = handle.current.pane
    if (!pane) return
    setFollowing(pane.state.getState().following)
    return pane.state.subscribe((s) => setFollowing(s.following))
  }, [handle, log, handle.current.pane])
  return isFollowing
}
