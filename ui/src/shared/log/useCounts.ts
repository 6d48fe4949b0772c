// What a page tells of a log in numbers, at most four times a second: a flood
// would draw what stands around the rows twenty times.
import { useEffect, useState } from 'react'
import type { Level } from './levels'
import type { Log, LogState } from './log'

export type Counts = {
  rows: number
  lines: number
  missing: number
  err: number
  byLevel: Readonly<Record<Level, number>>
}

const every = 250

export const useCounts = (log: Log): Counts => useSlowly(log, read)

// useSlowly gives what `select`, which is always the same function, takes from
// the log's state.
export function useSlowly<T>(log: Log, select: (state: LogState) => T): T {
  const [value, setValue] = useState(() => select(log.state.getState()))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = Number.NEGATIVE_INFINITY
    const take = () => {
      timer = undefined
      last = performance.now()
      setValue(select(log.state.getState()))
    }
    setValue(select(log.state.getState()))
    const stop = log.state.subscribe(() => {
      timer ??= setTimeout(take, Math.max(0, last + every - performance.now()))
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [log, select])
  return value
}

const read = ({ rows, next, missing, err, byLevel }: LogState): Counts => ({
  rows,
  lines: next - 1,
  missing,
  err,
  byLevel,
})
