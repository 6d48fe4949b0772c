// The log of a run: rows, the place where it stands, the keys that move it.
import { ArrowDown } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'
import { useStore } from 'zustand'
import { count } from '@/shared/words'
import type { Scheme } from './colours'
import type { Log } from './log'
import css from './log.module.css'
import { Pane } from './pane'
import type { TimeMode } from './rowView'
import { useCounts } from './useCounts'

export type LogHandle = { pane: Pane | undefined }

type Props = {
  log: Log
  scheme: Scheme
  time: TimeMode
  start: number
  selected: number | undefined
  onSelect: (line: number | undefined) => void
  handle: RefObject<LogHandle>
  note?: ReactNode // what stands there while there are no lines
}

export function LogView({ log, scheme, time, start, selected, onSelect, handle, note }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [pane, setPane] = useState<Pane>()
  const counts = useCounts(log)
  const hasErr = counts.err > 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: looks follow below; a new pane is for another log alone
  useEffect(() => {
    if (!scroller.current) return
    const made = new Pane(scroller.current, log, { scheme, time, start, selected })
    handle.current.pane = made
    setPane(made)
    return () => {
      handle.current.pane = undefined
      made.close()
    }
  }, [log])

  useEffect(() => {
    pane?.look({ scheme, time, start, selected })
  }, [pane, scheme, time, start, selected])

  // A line of the address is shown as soon as it is there, once.
  const sought = useRef(selected)
  useEffect(() => {
    if (!pane || sought.current === undefined || counts.lines < sought.current) return
    pane.show(sought.current)
    sought.current = undefined
  }, [pane, counts.lines])

  const select = (line: number) => {
    onSelect(line)
    pane?.show(line)
  }
  const last = counts.lines
  const down = () => select(selected === undefined ? last : Math.min(selected + 1, last))
  const up = () => select(selected === undefined ? last : Math.max(selected - 1, 1))
  const keys = new Map<string, () => void>([
    ['ArrowDown', down],
    ['j', down],
    ['ArrowUp', up],
    ['k', up],
    ['End', () => pane?.follow()],
    ['Home', () => pane?.show(1)],
    ['f', () => (pane?.state.getState().following ? pane.pause() : pane?.follow())],
    ['Escape', () => onSelect(undefined)],
  ])
  const onKeyDown = (e: KeyboardEvent) => {
    const act = e.ctrlKey || e.metaKey || e.altKey ? undefined : keys.get(e.key)
    if (!act || (last < 1 && e.key !== 'f')) return
    e.preventDefault()
    act()
  }

  return (
    <div className={`${css.log} ${hasErr ? css.withErr : ''}`}>
      <div
        ref={scroller}
        className={css.scroller}
        role="listbox"
        aria-label="Log lines"
        aria-activedescendant={selected === undefined ? undefined : `line-${selected}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={(e) => {
          const n = (e.target as Element).closest<HTMLElement>('[data-n]')?.dataset.n
          if (n && document.getSelection()?.isCollapsed !== false) onSelect(Number(n))
        }}
      />
      {counts.rows === 0 && note ? <div className={css.note}>{note}</div> : null}
      {pane ? <Fresh pane={pane} /> : null}
    </div>
  )
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
