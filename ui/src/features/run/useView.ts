// What is shown of a log, as the address says it: kept here at once, written
// into the address a moment later (a browser allows few changes of it).
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type Chosen, type Filter, type Log, levels } from '@/shared/log'
import { type Params, paramsFrom, type View, viewOf } from './address'

const writeAfter = 250
const typedAfter = 120

type ViewState = {
  view: View
  chosen: Chosen | undefined
  change: (c: Partial<View>) => void
  choose: (line: number | undefined, isRange?: boolean) => void
}

export function useView(
  params: Params,
  onParams: (p: Params) => void,
  onGiven: (line: number) => void, // a line that somebody else put into the address
): ViewState {
  const [view, setView] = useState(() => viewOf(params))
  const [cursor, setCursor] = useState(view.lines?.from)
  const written = useRef(JSON.stringify(params))

  // Somebody else changed the address: a link to another line of this run.
  const given = JSON.stringify(params)
  const tell = useRef(onGiven)
  tell.current = onGiven
  useEffect(() => {
    if (given === written.current) return
    written.current = given
    const next = viewOf(JSON.parse(given))
    setView(next)
    setCursor(next.lines?.from)
    if (next.lines) tell.current(next.lines.from)
  }, [given])

  const write = useRef(onParams)
  write.current = onParams
  useEffect(() => {
    const next = paramsFrom(view)
    const text = JSON.stringify(next)
    if (text === written.current) return
    const timer = setTimeout(() => {
      written.current = text
      write.current(next)
    }, writeAfter)
    return () => clearTimeout(timer)
  }, [view])

  const change = useCallback((c: Partial<View>) => setView((v) => ({ ...v, ...c })), [])
  const choose = useCallback((line: number | undefined, isRange = false) => {
    setCursor(line)
    setView((v) => ({ ...v, lines: rangeTo(v.lines, line, isRange) }))
  }, [])
  const { lines } = view
  const chosen = useMemo(
    () => (lines && cursor !== undefined ? { ...lines, cursor } : undefined),
    [lines, cursor],
  )
  return { view, chosen, change, choose }
}

// A range is drawn out from its far end.
function rangeTo(before: View['lines'], line: number | undefined, isRange: boolean): View['lines'] {
  if (line === undefined) return undefined
  if (!isRange || !before) return { from: line, to: line }
  if (line < before.from) return { from: line, to: before.to }
  return { from: before.from, to: line }
}

export function filterOf({ hidden, stream, filter }: View): Filter | undefined {
  if (hidden.length === 0 && !stream && !filter.text) return undefined
  return {
    ...(hidden.length > 0 ? { levels: levels.filter((l) => !hidden.includes(l)) } : {}),
    ...(stream ? { stream } : {}),
    ...(filter.text ? filter : {}),
  }
}

// useApplied tells the log what is looked for and what is shown.
export function useApplied(log: Log, view: View): void {
  const { search } = view
  const query = useLater(search, typedAfter)
  const filterText = useLater(view.filter, typedAfter)
  const { hidden, stream } = view
  useEffect(() => {
    log.search(query.text ? query : undefined)
  }, [log, query])
  useEffect(() => {
    log.filter(filterOf({ ...emptySearch, hidden, stream, filter: filterText }))
  }, [log, hidden, stream, filterText])
}

const emptySearch = { search: { text: '', isRegex: false, matchCase: false } }

// useLater is the value once it has stood still; the first one at once.
function useLater<T>(value: T, ms: number): T {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return later
}
