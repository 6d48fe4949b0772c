// What a page tells of a log in numbers, at most four times a second.
import { useEffect, useState } from 'react'
import type { Level } from './levels'
import type { Lines } from './lines'

export type Counts = {
  rows: number
  lines: number
  missing: number
  err: number
  byLevel: Readonly<Record<Level, number>>
}

const every = 250

export function useCounts(lines: Lines): Counts {
  const [counts, setCounts] = useState(() => read(lines))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = Number.NEGATIVE_INFINITY
    const take = () => {
      timer = undefined
      last = performance.now()
      setCounts(read(lines))
    }
    setCounts(read(lines))
    const stop = lines.watch(() => {
      timer ??= setTimeout(take, Math.max(0, last + every - performance.now()))
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [lines])
  return counts
}

const read = (lines: Lines): Counts => ({
  rows: lines.rows,
  lines: lines.next - 1,
  missing: lines.missing,
  err: lines.err,
  byLevel: { ...lines.byLevel },
})
