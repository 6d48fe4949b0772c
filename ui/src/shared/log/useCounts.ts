// What a page tells of a log in numbers, at most four times a second.
import { useEffect, useState } from 'react'
import type { Level } from './levels'
import type { Log } from './log'

export type Counts = {
  rows: number
  lines: number
  missing: number
  err: number
  byLevel: Readonly<Record<Level, number>>
}

const every = 250

export function useCounts(log: Log): Counts {
  const [counts, setCounts] = useState(() => read(log))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = Number.NEGATIVE_INFINITY
    const take = () => {
      timer = undefined
      last = performance.now()
      setCounts(read(log))
    }
    setCounts(read(log))
    const stop = log.state.subscribe(() => {
      timer ??= setTimeout(take, Math.max(0, last + every - performance.now()))
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [log])
  return counts
}

const read = (log: Log): Counts => {
  const { rows, next, missing, err, byLevel } = log.state.getState()
  return { rows, lines: next - 1, missing, err, byLevel }
}
