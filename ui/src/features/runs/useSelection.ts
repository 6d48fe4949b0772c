// Where the keys are in the list, and which runs are selected.
import { useCallback, useMemo, useState } from 'react'
import { useKeys } from '@/shared/keys'
import type { Run } from '@/shared/wire'

export function useSelection(runs: Run[], compare: () => void, open: (id: string) => void) {
  const [cursor, setCursor] = useState<string>()
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const marked = useMemo(() => runs.filter((r) => ids.has(r.id)), [runs, ids])
  const toggle = useCallback((id: string) => {
    setIds((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const clear = useCallback(() => setIds(new Set()), [])
  const move = (by: 1 | -1) => {
    const at = runs.findIndex((r) => r.id === cursor)
    const next = at < 0 ? 0 : Math.min(runs.length - 1, Math.max(0, at + by))
    setCursor(runs[next]?.id)
  }
  useKeys('Runs', {
    j: { does: 'Next run', run: () => move(1) },
    k: { does: 'Previous run', run: () => move(-1) },
    Enter: { does: 'Open the run', run: () => cursor && open(cursor) },
    x: { does: 'Select the run', run: () => cursor && toggle(cursor) },
    ...(marked.length === 2 ? { c: { does: 'Compare the two selected', run: compare } } : {}),
    ...(ids.size > 0 ? { Escape: { does: 'Clear the selection', run: clear } } : {}),
  })
  return { cursor, setCursor, ids, marked, toggle, clear }
}
