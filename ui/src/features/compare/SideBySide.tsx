// The rows: equal stretches folded, drawn only where they are seen.
import { useVirtualizer } from '@tanstack/react-virtual'
import { UnfoldVertical } from 'lucide-react'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useSettings } from '@/shared/settings'
import { plural } from '@/shared/words'
import type { Rows } from './align'
import css from './compare.module.css'
import type { Ignored } from './ignore'
import { Overview } from './Overview'
import { Row } from './Row'
import type { Side } from './read'
import { itemAt, type Place, placeOf, viewOf } from './view'

export type Sight = { show: (row: number) => void }

type Props = {
  rows: Rows
  a: Side
  b: Side
  ignored: Ignored[]
  isAll: boolean
  isWrapped: boolean
  place: Place | undefined
  places: Place[]
  sight: RefObject<Sight | undefined>
}

const foldHeight = 24
const heights = { comfortable: 20, compact: 18 }

export function SideBySide(props: Props) {
  const { rows, a, b, ignored, isAll, isWrapped, place, places, sight } = props
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const height = heights[useSettings((s) => s.density)]
  const scroller = useRef<HTMLElement>(null)
  const view = useMemo(
    () => viewOf(rows, (from) => isAll || opened.has(from)),
    [rows, isAll, opened],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, other folds
  useEffect(() => setOpened(new Set()), [rows])
  const virtual = useVirtualizer({
    count: view.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => ('fold' in itemAt(view, i) ? foldHeight : height),
    overscan: 20,
    paddingStart: 4,
    paddingEnd: 12,
  })
  const show = (row: number) => virtual.scrollToIndex(placeOf(view, row), { align: 'center' })
  useEffect(() => {
    sight.current = { show }
  })
  // The place in the address is shown when the page comes, and then left alone.
  const first = useRef(place)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (first.current) show(first.current.row)
  }, [])
  const set = useMemo(() => new Set(ignored), [ignored])
  const isAt = (row: number) =>
    place !== undefined && row >= place.row && row < place.row + place.count

  return (
    <div className={css.body}>
      <section
        ref={scroller}
        className={`${css.rows} ${isWrapped ? css.wrapped : ''}`}
        style={{ '--row': `${height}px` } as React.CSSProperties}
        aria-label="Lines side by side"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
      >
        <div style={{ height: virtual.getTotalSize() }} className={css.sheet}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const item = itemAt(view, index)
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={css.item}
                style={{ transform: `translateY(${start}px)` }}
              >
                {'fold' in item ? (
                  <button
                    type="button"
                    className={css.fold}
                    onClick={() => setOpened(new Set([...opened, item.fold.from]))}
                  >
                    <UnfoldVertical size={14} strokeWidth={1.75} aria-hidden />
                    {plural(item.fold.count, 'equal line')}
                  </button>
                ) : (
                  <Row rows={rows} row={item.row} a={a} b={b} ignored={set} isAt={isAt(item.row)} />
                )}
              </div>
            )
          })}
        </div>
      </section>
      <Overview rows={rows} places={places} onShow={show} />
    </div>
  )
}
