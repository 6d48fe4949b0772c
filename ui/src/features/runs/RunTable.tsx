// The table of a wide page: rows are drawn only where they are seen.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, RotateCw } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { Hidden, useNow } from '@/shared/parts'
import { useSettings } from '@/shared/settings'
import { useVerdict, verdictWords } from '@/shared/verdict'
import type { Run } from '@/shared/wire'
import { plural } from '@/shared/words'
import type { Column } from './columns'
import type { Row } from './days'
import { RunMenu } from './RunMenu'
import css from './runs.module.css'
import type { RunsSearch } from './search'
import type { Acts } from './useActsOnRuns'

const headHeight = 32
const rowHeights = { comfortable: 36, compact: 28 }

export type ListProps = {
  rows: Row[]
  columns: Column[]
  cursor: string | undefined // the run that keys are at
  selected: ReadonlySet<string>
  acts: Acts
  onCursor: (id: string) => void
  onSelect: (id: string) => void
  onFilter: (change: Partial<RunsSearch>) => void
  onOpen: (id: string) => void
}

export function RunTable(props: ListProps) {
  const { rows, columns, cursor } = props
  const scroller = useRef<HTMLElement>(null)
  const rowHeight = rowHeights[useSettings((s) => s.density)]
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (isHead(rows[i]) ? headHeight : rowHeight),
    getItemKey: (i) => keyOf(rows[i]!),
    overscan: 12,
    scrollPaddingStart: headHeight,
    scrollPaddingEnd: 56, // the bar of a selection lies over the last row
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew
  useLayoutEffect(() => virtual.measure(), [rowHeight])
  useCursor(rows, cursor, scroller, (i) => virtual.scrollToIndex(i))
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const span = columns.length + 2
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section ref={scroller} className={css.scroll} tabIndex={0} aria-label="Runs">
      <table className={css.table} aria-rowcount={rows.length + 1}>
        <colgroup>
          <col style={{ width: 48 }} />
          {columns.map((c) => (
            <col key={c.id} style={{ width: c.width }} />
          ))}
          <col className={css.actsColumn} />
        </colgroup>
        <thead>
          <tr>
            <th>
              <Hidden>Selected</Hidden>
            </th>
            {columns.map((c) => (
              <th
                key={c.id}
                className={c.isNumber ? css.number : ''}
                aria-sort={c.id === 'started' ? 'descending' : undefined}
              >
                {c.title}
                {c.id === 'started' ? <ArrowDown size={12} aria-hidden /> : null}
              </th>
            ))}
            <th>
              <Hidden>Actions</Hidden>
            </th>
          </tr>
        </thead>
        <tbody>
          <Space height={before} span={span} />
          {items.map(({ index, key }) => {
            const row = rows[index]!
            return isHead(row) ? (
              <tr key={key} className={css.day} aria-rowindex={index + 2}>
                <th colSpan={span} scope="rowgroup">
                  {row.day} <small>{countOf(row)}</small>
                </th>
              </tr>
            ) : (
              <RunRow key={key} {...props} run={row.run} index={index} />
            )
          })}
          <Space height={after} span={span} />
        </tbody>
      </table>
    </section>
  )
}

function Space({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null
  return (
    <tr>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}

type RowProps = Omit<ListProps, 'rows'> & { run: Run; index: number }

function RunRow(props: RowProps) {
  const { run, index, columns, cursor, selected, acts, onCursor, onSelect, onFilter } = props
  const now = useNow(run.state === 'running')
  const isSelected = selected.has(run.id)
  return (
    <tr
      data-run={run.id}
      aria-rowindex={index + 2}
      className={`${css.row} ${isSelected ? css.selected : ''} ${cursor === run.id ? css.cursor : ''}`}
      onClick={(e) => {
        if (!(e.target as Element).closest('a, button, input, label, [role="menu"]'))
          props.onOpen(run.id)
      }}
      onFocus={() => onCursor(run.id)}
    >
      <td>
        <label className={css.box}>
          <input type="checkbox" checked={isSelected} onChange={() => onSelect(run.id)} />
          <Hidden>Select run {run.id}</Hidden>
        </label>
      </td>
      {columns.map((c) => (
        <td key={c.id} className={c.isNumber ? css.number : ''}>
          {c.id === 'command' ? <What run={run} /> : c.cell(run, now)}
        </td>
      ))}
      <td className={css.acts}>
        <Button
          size="xs"
          className={css.again}
          leftSection={<RotateCw size={14} aria-hidden />}
          onClick={() => acts.runAgain([run])}
        >
          Run again<Hidden> {run.id}</Hidden>
        </Button>
        <RunMenu run={run} acts={acts} onFilter={onFilter} />
      </td>
    </tr>
  )
}

// What it was: a check's label, or the command; the way to the run.
export function What({ run }: { run: Run }) {
  return (
    <Link to="/r/$id" params={{ id: run.id }} className={css.what} title={run.command}>
      {run.check ? (
        <>
          <b>{run.check.label}</b> <Found run={run} />
        </>
      ) : (
        <code>{run.command.trim().split('\n')[0]}</code>
      )}
    </Link>
  )
}

function Found({ run }: { run: Run }) {
  const { data } = useVerdict(run)
  if (!data || data.verdict === 'pending') return null
  return <span>{verdictWords(data)}</span>
}

export const isHead = (row: Row | undefined): row is Extract<Row, { day: string }> =>
  row !== undefined && 'day' in row
export const keyOf = (row: Row) => (isHead(row) ? row.day : row.run.id)
export const countOf = ({ count, isOpen }: Extract<Row, { day: string }>) =>
  isOpen ? `${count}+ runs` : plural(count, 'run')

// useCursor brings the run that keys are at into sight, and the focus to it.
function useCursor(
  rows: Row[],
  cursor: string | undefined,
  scroller: React.RefObject<HTMLElement | null>,
  show: (i: number) => void,
): void {
  const latest = useRef({ rows, show })
  latest.current = { rows, show }
  useEffect(() => {
    if (!cursor) return
    const { rows, show } = latest.current
    const i = rows.findIndex((r) => !isHead(r) && r.run.id === cursor)
    if (i < 0) return
    const focus = () => {
      const row = scroller.current?.querySelector(`[data-run="${cursor}"]`)
      if (row && !row.contains(document.activeElement)) {
        row.querySelector<HTMLElement>('a')?.focus({ preventScroll: true })
      }
    }
    show(i)
    const frame = requestAnimationFrame(focus)
    return () => cancelAnimationFrame(frame)
  }, [cursor, scroller])
}
