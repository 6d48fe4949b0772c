// What became of the line that the cursor or the address names: here, lost,
// hidden by a filter, or never printed.
import { useEffect, useState } from 'react'
import type { GapRow, LineRow, Log } from '@/shared/log'

export type Line =
  | { is: 'here'; row: LineRow }
  | { is: 'lost'; row: GapRow }
  | { is: 'hidden' }
  | { is: 'beyond' } // the run has fewer lines
  | undefined // on its way

export function useLine(log: Log, line: number | undefined): Line {
  const [found, setFound] = useState<{ line: number; what: Line }>()
  useEffect(() => {
    if (line === undefined) return setFound(undefined)
    let isGone = false
    let isAsking = false
    let isFor: unknown[] = [] // what a line that is here was found in
    const ask = async () => {
      const { version, filter } = log.state.getState()
      // In a flood a log changes twenty times a second, and this line never.
      if (isAsking || (isFor[0] === version && isFor[1] === filter)) return
      isAsking = true
      const what = await find(log, line).catch(() => undefined)
      isAsking = false
      if (what?.is === 'here') isFor = [version, filter]
      if (isGone) return
      setFound((before) =>
        before?.line === line && same(before.what, what) ? before : { line, what },
      )
    }
    void ask()
    const stop = log.watch(() => void ask())
    return () => {
      isGone = true
      stop()
    }
  }, [log, line])
  return found?.line === line ? found?.what : undefined
}

async function find(log: Log, line: number): Promise<Line> {
  const { next, rows, phase, filter } = log.state.getState()
  if (line >= next) return phase === 'over' ? { is: 'beyond' } : undefined
  if (rows === 0) return filter ? { is: 'hidden' } : undefined
  const row = log.rows(await log.rowOf(line), 1)[0]
  if (!row) return undefined
  if (row.kind === 'line') return row.n === line ? { is: 'here', row } : { is: 'hidden' }
  const isIn = line >= row.from && (row.to === undefined || line <= row.to)
  return isIn ? { is: 'lost', row } : { is: 'hidden' }
}

const same = (a: Line, b: Line) =>
  a?.is === b?.is &&
  (a?.is !== 'here' || (b?.is === 'here' && a.row.n === b.row.n && a.row.text === b.row.text)) &&
  (a?.is !== 'lost' || (b?.is === 'lost' && a.row.canLoad === b.row.canLoad))
