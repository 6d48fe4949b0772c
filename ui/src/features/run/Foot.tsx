// The chosen line and what one can do with it; where the log stands. On a
// phone it is a sheet of three actions.
import { ActionIcon, Button } from '@mantine/core'
import { ArrowDown, Bookmark, BookmarkCheck, Copy, Link as LinkIcon, X } from 'lucide-react'
import { useStore } from 'zustand'
import { goesOn } from '@/shared/lab'
import { type Chosen, type Log, type LogHandle, type LogState, useSlowly } from '@/shared/log'
import { CopyButton } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Run } from '@/shared/wire'
import { count, plural, time } from '@/shared/words'
import type { Bookmarks } from './bookmarks'
import { LineNote } from './LineNote'
import css from './run.module.css'
import { copyLines } from './useActs'
import { type Line, useLine } from './useLine'
import { useFollowing, useLastLine } from './usePane'
import type { Steps } from './useSteps'

type Props = {
  log: Log
  run: Run | undefined
  handle: LogHandle | undefined
  chosen: Chosen | undefined
  link: string
  bookmarks: Bookmarks
  steps: Steps
  isPhone: boolean
  onChoose: (line: number | undefined) => void
  onShowAll: () => void
}

const linesOf = (s: LogState) => s.next - 1

export function Foot(props: Props) {
  const { log, handle, chosen, bookmarks, steps, isPhone } = props
  const lines = useSlowly(log, linesOf)
  const line = useLine(log, chosen?.cursor)
  if (isPhone && chosen) return <Sheet {...props} line={line} chosen={chosen} />
  const isMarked = chosen !== undefined && bookmarks.lines.has(chosen.cursor)
  const isHere = line?.is === 'here'
  return (
    <footer className={css.foot}>
      {chosen ? (
        <>
          <span>
            {titleOf(chosen)} <span className={css.dim}>of {count(lines)}</span>
          </span>
          <LineNote {...props} line={line} chosen={chosen} />
          <CopyButton text={props.link} icon={<LinkIcon size={14} aria-hidden />}>
            Copy link to line<kbd>y</kbd>
          </CopyButton>
          {isHere ? (
            <>
              <Button
                aria-pressed={isMarked}
                className={isMarked ? css.on : ''}
                leftSection={
                  isMarked ? (
                    <BookmarkCheck size={14} aria-hidden />
                  ) : (
                    <Bookmark size={14} aria-hidden />
                  )
                }
                onClick={() => bookmarks.toggle(chosen.cursor)}
              >
                Bookmark<kbd>m</kbd>
              </Button>
              <Button
                leftSection={<Copy size={14} aria-hidden />}
                onClick={() => void copyLines(log, chosen, false)}
              >
                {chosen.from === chosen.to ? 'Copy line' : 'Copy lines'}
                <kbd>c</kbd>
              </Button>
              <Button
                variant="subtle"
                color="gray"
                onClick={() => void copyLines(log, chosen, true)}
              >
                With times
              </Button>
            </>
          ) : null}
        </>
      ) : (
        <span className={css.dim}>{plural(lines, 'line')}</span>
      )}
      <span className={css.space} />
      <span className={css.dim} role="status">
        {steps.said}
      </span>
      <Standing {...props} />
      {isPhone ? null : <Hints handle={handle} hasHits={steps.at !== undefined} />}
    </footer>
  )
}

const titleOf = ({ from, to }: Chosen) =>
  from === to ? (
    <>
      Line <b>{count(from)}</b>
    </>
  ) : (
    <>
      Lines{' '}
      <b>
        {count(from)}–{count(to)}
      </b>
    </>
  )

function Standing({ log, run, handle }: Props) {
  const isFollowing = useFollowing(handle)
  const last = useLastLine(handle)
  const missing = useStore(log.state, (s) => s.missing)
  const asOf = useConnection((c) => c.asOf)
  const lost = missing > 0 ? `, ${plural(missing, 'line')} lost` : ''
  let words = isFollowing ? 'Live' : `Paused at ${count(last)}`
  if (asOf) words = `As of ${time(asOf)}`
  if (run && !goesOn(run)) words = 'Ended'
  return (
    <span className={css.dim}>
      {words}
      {lost}
    </span>
  )
}

function Hints({ handle, hasHits }: { handle: LogHandle | undefined; hasHits: boolean }) {
  const isFollowing = useFollowing(handle)
  return (
    <>
      {isFollowing ? null : (
        <Button
          variant="subtle"
          color="gray"
          className={css.hint}
          onClick={() => handle?.pane.follow()}
        >
          <kbd>End</kbd> newest
        </Button>
      )}
      {hasHits ? (
        <span className={css.hint}>
          <kbd>n</kbd> next match
        </span>
      ) : null}
      <span className={css.hint}>
        <kbd>e</kbd> next error
      </span>
      <span className={css.hint}>
        <kbd>?</kbd> keys
      </span>
    </>
  )
}

type SheetProps = Props & { chosen: Chosen; line: Line }

function Sheet(props: SheetProps) {
  const { chosen, bookmarks, steps, log, link } = props
  const total = useStore(log.state, (s) => s.found?.total ?? 0)
  const isMarked = bookmarks.lines.has(chosen.cursor)
  const at = steps.at?.line === chosen.cursor ? steps.at.index : undefined
  return (
    <footer className={css.sheet}>
      <p>
        {titleOf(chosen)}{' '}
        <span className={css.dim}>{at ? `match ${count(at)} of ${count(total)}` : steps.said}</span>
        <span className={css.space} />
        <ActionIcon size={44} aria-label="Close" onClick={() => props.onChoose(undefined)}>
          <X size={20} />
        </ActionIcon>
      </p>
      <LineNote {...props} />
      <div>
        <CopyButton size="lg" text={link} icon={<LinkIcon size={16} aria-hidden />}>
          Copy link
        </CopyButton>
        <Button
          size="lg"
          aria-pressed={isMarked}
          className={isMarked ? css.on : ''}
          leftSection={<Bookmark size={16} aria-hidden fill={isMarked ? 'currentColor' : 'none'} />}
          onClick={() => bookmarks.toggle(chosen.cursor)}
        >
          Bookmark
        </Button>
        <Button
          size="lg"
          leftSection={<ArrowDown size={16} aria-hidden />}
          onClick={() => void steps.step('error', 1)}
        >
          Next error
        </Button>
      </div>
    </footer>
  )
}
