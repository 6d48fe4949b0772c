import { useMemo } from 'react'
import { changed, onlyA, type Rows } from './align'
import css from './compare.module.css'
import type { Place } from './view'

const marks = 200

type Props = { rows: Rows; places: Place[]; onShow: (row: number) => void }

// Where in the runs the differences are. For the mouse; keys have n and N.
export function Overview({ rows, places, onShow }: Props) {
  const total = Math.max(1, rows.kind.length)
  const drawn = useMemo(() => {
    const found = new Map<number, { row: number; tone: string }>()
    for (const { row } of places) {
      const kind = rows.kind[row]!
      const tone = kind === changed ? 'both' : kind === onlyA ? 'a' : 'b'
      const at = Math.floor((row / total) * marks)
      if (!found.has(at)) found.set(at, { row, tone })
    }
    return [...found]
  }, [rows, places, total])
  return (
    <div
      className={css.overview}
      aria-hidden="true"
      onClick={(e) => {
        const box = e.currentTarget.getBoundingClientRect()
        onShow(Math.min(total - 1, Math.floor(((e.clientY - box.top) / box.height) * total)))
      }}
    >
      {drawn.map(([at, { row, tone }]) => (
        <i key={row} data-tone={tone} style={{ top: `${(at / marks) * 100}%` }} />
      ))}
    </div>
  )
}
