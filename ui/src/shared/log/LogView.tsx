// The log of a run: rows, the strip that shows the whole of it, the keys that
// move the cursor. One thing to focus, not one a line.
import { ArrowDown, ArrowDownToLine } from 'lucide-react'
import {
  type KeyboardEvent,
  lazy,
  type MouseEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useStore } from 'zustand'
import { count } from '@/shared/words'
import type { Scheme } from './colours'
import { load } from './load'
import type { Log } from './log'
import css from './log.module.css'
import { Mover } from './mover'
import { Pane } from './pane'
import { type Looks, plainLooks } from './rowView'
import type { TimeMode } from './times'

// What a page that shows a log may do with it.
export type LogHandle = { pane: Pane; move: (rows: number, isRange?: boolean) => void }

// Chosen lines, both ends included; the cursor is the end that keys move.
export type Chosen = { from: number; to: number; cursor: number }

type Props = {
  log: Log
  scheme: Scheme
  time?: TimeMode
  start?: number
  lineHeight?: number
  isWrapped?: boolean
  isCompact?: boolean // no times and no strip: a log inside of something else
  chosen?: Chosen | undefined
  marks?: ReadonlySet<number>
  onChoose?: (line: number | undefined, isRange: boolean) => void
  onHandle?: (handle: LogHandle | undefined) => void
  note?: ReactNode // what stands there while there are no lines
}

// The rows do not wait for it, and are whole without it.
const Overview = lazy(() =>
  import('./Overview').then(
    (m) => ({ default: m.Overview }),
    () => ({ default: () => <></> }),
  ),
)

const noMarks: ReadonlySet<number> = new Set()

export function LogView(props: Props) {
  const { log, scheme, time = 'relative', start = 0, lineHeight = 20, isWrapped = false } = props
  const { chosen, marks = noMarks, onChoose, onHandle, note, isCompact } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [pane, setPane] = useState<Pane>()
  const [whole, setWhole] = useState<ReadonlySet<number>>(new Set())
  const id = useId()
  const hasErr = useStore(log.state, (s) => s.err > 0 && s.err < s.lines)
  const isEmpty = useStore(log.state, (s) => s.rows === 0)
  const looks = useMemo<Looks>(
    () => ({ scheme, time, start, ...chosenLooks(chosen), marks, whole }),
    [scheme, time, start, chosen, marks, whole],
  )
  const shape = useMemo(() => ({ line: lineHeight, isWrapped }), [lineHeight, isWrapped])

  // A new pane is for another log alone; how it looks follows below.
  const first = useRef({ looks, shape })
  first.current = { looks, shape }
  useEffect(() => {
    if (!scroller.current) return
    const made = new Pane(scroller.current, log, first.current.looks, first.current.shape)
    setPane(made)
    return () => made.close()
  }, [log])
  useEffect(() => pane?.look(looks), [pane, looks])
  useEffect(() => pane?.shape(shape), [pane, shape])

  const latest = useRef({ chosen, onChoose })
  latest.current = { chosen, onChoose }
  const mover = useMemo(
    () => pane && new Mover(log, pane, (line, far) => latest.current.onChoose?.(line, far)),
    [log, pane],
  )
  useEffect(() => mover?.saw(chosen?.cursor), [mover, chosen?.cursor])
  const move = useMemo(
    () =>
      (rows: number, isRange = false) =>
        void mover?.by(rows, latest.current.chosen?.cursor, isRange),
    [mover],
  )
  useEffect(() => {
    if (!pane) return
    onHandle?.({ pane, move })
    return () => onHandle?.(undefined)
  }, [pane, move, onHandle])
  useShown(log, pane, chosen?.cursor)

  const act = (row: Element | null | undefined, name: string | undefined) => {
    const line = Number((row as HTMLElement | null | undefined)?.dataset.n)
    if (!line || !name) return
    if (name === 'load') void load(log, line)
    else setWhole((before) => new Set([...before, line]))
  }
  const keys = new Map<string, () => void>([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['PageDown', () => pane && move(pane.page(1))],
    ['PageUp', () => pane && move(pane.page(-1))],
    ['Home', () => mover?.to(0, chosen?.cursor)],
    ['End', () => pane?.follow()],
    ['ArrowLeft', () => scroller.current?.scrollBy({ left: -80 })],
    ['ArrowRight', () => scroller.current?.scrollBy({ left: 80 })],
    ['Escape', () => onChoose?.(undefined, false)],
    [
      'Enter',
      () => {
        const row = scroller.current?.querySelector('[data-cursor]')
        act(row, row?.querySelector<HTMLElement>('[data-act]')?.dataset.act)
      },
    ],
  ])
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target !== e.currentTarget) return
    const drawn = e.shiftKey ? { ArrowDown: 1, ArrowUp: -1 }[e.key] : undefined
    const key = drawn ? () => move(drawn, true) : e.shiftKey ? undefined : keys.get(e.key)
    if (!key) return
    e.preventDefault()
    key()
  }
  const onClick = (e: MouseEvent) => {
    const target = e.target as Element
    const row = target.closest<HTMLElement>('[data-n]')
    const name = target.closest<HTMLElement>('[data-act]')?.dataset.act
    if (name) return act(row, name)
    if (row && (e.shiftKey || document.getSelection()?.isCollapsed !== false))
      onChoose?.(Number(row.dataset.n), e.shiftKey)
  }
  const names = [
    css.log,
    hasErr ? css.withErr : '',
    isCompact ? css.compact : '',
    isWrapped ? css.isWrapped : '',
  ]
  return (
    <div className={names.filter(Boolean).join(' ')}>
      <div
        ref={scroller}
        id={id}
        className={css.scroller}
        role="listbox"
        aria-label="Log lines"
        aria-multiselectable={!isCompact}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onMouseDown={(e) => e.shiftKey && e.preventDefault()}
      />
      {pane && !isCompact ? (
        <Suspense fallback={<div className={css.overview} />}>
          <Overview log={log} pane={pane} looks={looks} controls={id} />
        </Suspense>
      ) : null}
      {isEmpty && note ? <div className={css.note}>{note}</div> : null}
      {pane ? <Fresh pane={pane} /> : null}
      {pane && isCompact ? <Following log={log} pane={pane} /> : null}
    </div>
  )
}

const chosenLooks = (chosen: Chosen | undefined) =>
  chosen ?? { from: plainLooks.from, to: plainLooks.to, cursor: plainLooks.cursor }

// useShown brings the line of the address into view, once, as soon as the log
// reaches it (or is over before).
function useShown(log: Log, pane: Pane | undefined, cursor: number | undefined): void {
  const sought = useRef(cursor)
  const mayShow = useStore(
    log.state,
    (s) =>
      sought.current !== undefined &&
      (s.next > sought.current || s.phase === 'live' || s.phase === 'over') &&
      s.rows > 0,
  )
  useEffect(() => {
    if (!pane || !mayShow || sought.current === undefined) return
    void pane.show(sought.current, true)
    sought.current = undefined
  }, [pane, mayShow])
}

function Fresh({ pane }: { pane: Pane }) {
  const { following, fresh } = useStore(pane.state)
  if (following || fresh < 1) return null
  return (
    <button type="button" className={css.fresh} onClick={() => pane.follow()}>
      {count(fresh)} new <ArrowDown size={16} strokeWidth={1.75} aria-hidden />
    </button>
  )
}

// A log without a toolbar tells in its corner whether it follows.
function Following({ log, pane }: { log: Log; pane: Pane }) {
  const isOver = useStore(log.state, (s) => s.phase === 'over' || s.rows === 0)
  const isFollowing = useStore(pane.state, (s) => s.following)
  if (isOver) return null
  return (
    <button
      type="button"
      className={css.following}
      aria-pressed={isFollowing}
      onClick={() => (isFollowing ? pane.pause() : pane.follow())}
    >
      <ArrowDownToLine size={14} strokeWidth={1.75} aria-hidden />
      {isFollowing ? 'Following' : 'Follow'}
    </button>
  )
}
