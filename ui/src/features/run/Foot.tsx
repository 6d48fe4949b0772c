import { Button } from '@mantine/core'
import { Link as LinkIcon } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import { goesOn } from '@/shared/lab'
import { type Log, type LogHandle, useCounts } from '@/shared/log'
import { CopyButton } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Run } from '@/shared/wire'
import { count, plural, time } from '@/shared/words'
import css from './run.module.css'
import { useFollowing } from './Toolbar'

type Props = {
  log: Log
  line: number | undefined
  run: Run | undefined
  handle: RefObject<LogHandle>
}

// The selected line and what one can do with it; where the log stands.
export function Foot({ log, line, run, handle }: Props) {
  const counts = useCounts(log)
  const isFollowing = useFollowing(handle, log)
  const asOf = useConnection((c) => c.asOf)
  const text = useText(log, line !== undefined && line <= counts.lines ? line : undefined)
  return (
    <footer className={css.foot}>
      {line !== undefined ? (
        <>
          <span>
            Line <b>{count(line)}</b> <span className={css.dim}>of {count(counts.lines)}</span>
          </span>
          <CopyButton text={linkToLine(line)} icon={<LinkIcon size={14} aria-hidden />}>
            Copy link to line
          </CopyButton>
          {text ? (
            <CopyButton text={text} className={css.wide}>
              Copy line
            </CopyButton>
          ) : null}
        </>
      ) : (
        <span className={css.dim} role="status">
          {plural(counts.lines, 'line')}
        </span>
      )}
      <span className={css.space} />
      <span className={css.dim}>{standing(run, asOf, isFollowing, counts.missing)}</span>
      {isFollowing ? null : (
        <Button variant="subtle" color="gray" onClick={() => handle.current.pane?.follow()}>
          <kbd>End</kbd>&nbsp;newest
        </Button>
      )}
    </footer>
  )
}

function useText(log: Log, line: number | undefined): string {
  const [text, setText] = useState('')
  useEffect(() => {
    let isGone = false
    setText('')
    if (line !== undefined)
      log.text({ from: line, to: line }, false).then((t) => {
        if (!isGone) setText(t)
      })
    return () => {
      isGone = true
    }
  }, [log, line])
  return text
}

const linkToLine = (line: number) => `${location.origin}${location.pathname}?L=${line}`

function standing(
  run: Run | undefined,
  asOf: number | undefined,
  isFollowing: boolean,
  missing: number,
): string {
  const lost = missing > 0 ? `, ${plural(missing, 'line')} lost` : ''
  if (run && !goesOn(run)) return `Ended${lost}`
  if (asOf) return `As of ${time(asOf)}${lost}`
  return `${isFollowing ? 'Live' : 'Paused'}${lost}`
}
