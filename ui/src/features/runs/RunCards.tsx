// The same list on a phone.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { Hidden, useNow } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import { lasted, Outcome } from './columns'
import { clock, startOf } from './days'
import { countOf, isHead, keyOf, type ListProps, What } from './RunTable'
import css from './runs.module.css'

const headHeight = 36
const cardHeight = 92

export function RunCards({ rows, selected, onSelect, onOpen }: ListProps) {
  const scroller = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (isHead(rows[i]) ? headHeight : cardHeight),
    getItemKey: (i) => keyOf(rows[i]!),
    overscan: 6,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section ref={scroller} className={css.scroll} tabIndex={0} aria-label="Runs">
      <div className={css.cards} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start, size }) => {
          const row = rows[index]!
          const style = { height: size, transform: `translateY(${start}px)` }
          return isHead(row) ? (
            <h2 key={key} className={css.cardDay} style={style}>
              {row.day} <small>{countOf(row)}</small>
            </h2>
          ) : (
            <div key={key} className={css.cardPlace} style={style}>
              <Card
                run={row.run}
                isSelected={selected.has(row.run.id)}
                onSelect={onSelect}
                onOpen={onOpen}
              />
            </div>
          )
        })}
      </div>
    </section>
  )
}

type Props = {
  run: Run
  isSelected: boolean
  onSelect: (id: string) => void
  onOpen: (id: string) => void
}

function Card({ run, isSelected, onSelect, onOpen }: Props) {
  const now = useNow(run.state === 'running')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link within does the same
    // biome-ignore lint/a11y/noStaticElementInteractions: the link within does the same
    <div
      className={`${css.card} ${isSelected ? css.selected : ''}`}
      onClick={(e) => {
        if (!(e.target as Element).closest('a, input, label')) onOpen(run.id)
      }}
    >
      <div>
        <div className={css.cardTop}>
          <Outcome run={run} />
          <span>{lasted(run, now)}</span>
        </div>
        <What run={run} />
        <p>
          {run.device} on {run.bench} · {clock(startOf(run))}
          {run.by ? ` · ${run.by}` : ''}
        </p>
      </div>
      <label className={css.box}>
        <input type="checkbox" checked={isSelected} onChange={() => onSelect(run.id)} />
        <Hidden>Select run {run.id}</Hidden>
      </label>
    </div>
  )
}
