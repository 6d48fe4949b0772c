// One run: what was asked, how it stands, and its lines live.
import { useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { goesOn } from '@/shared/lab'
import { type LogHandle, LogView, rowHeight } from '@/shared/log'
import { FaultNote, Hidden, runSign, useLate, useTitle } from '@/shared/parts'
import { useSettings } from '@/shared/settings'
import type { Run } from '@/shared/wire'
import { linkOf, type Params } from './address'
import { useBookmarks } from './bookmarks'
import { Facts } from './Facts'
import { Foot } from './Foot'
import { Notices } from './Notices'
import css from './run.module.css'
import { TitleBar } from './TitleBar'
import { Toolbar } from './Toolbar'
import { useActs } from './useActs'
import { useRun } from './useRun'
import { useRunKeys } from './useRunKeys'
import { useSteps } from './useSteps'
import { filterOf, useApplied, useView } from './useView'

type Props = {
  id: string
  params: Params // of the address
  onParams: (params: Params) => void
  onStarted: (run: Run) => void
}

export function RunPage({ id, params, onParams, onStarted }: Props) {
  const { run, fault, log, phase } = useRun(id)
  const [handle, setHandle] = useState<LogHandle>()
  const show = useCallback((line: number) => void handle?.pane.show(line, true), [handle])
  const { view, chosen, change, choose } = useView(params, onParams, show)
  useApplied(log, view)
  const bookmarks = useBookmarks(id)
  const steps = useSteps(log, handle, chosen?.cursor, choose)
  const acts = useActs(id, run, log, onStarted)
  const field = useRef<HTMLInputElement>(null)
  const [isSearching, setSearching] = useState(false)
  const isPhone = useMediaQuery('(width < 50em)', false, { getInitialValueInEffect: false })
  const scheme = useComputedColorScheme('light')
  const density = useSettings((s) => s.density)
  const time = useSettings((s) => s.time)
  const isWrapped = useSettings((s) => s.wrap)
  const isLate = useLate(!run && !fault)
  useTitle(run ? `${runSign(run).word}: ${run.command.trim().split('\n')[0]}` : 'Run')

  useUncovered(handle, isPhone ? chosen?.cursor : undefined)

  const link = linkOf(id, view)
  const toLine = (line: number | undefined) => {
    choose(line)
    if (line !== undefined) show(line)
  }
  const search = () => {
    flushSync(() => setSearching(true)) // on a phone the field comes just now
    field.current?.select() // before the next key: it would be one of the log's
  }
  const leaveSearch = () => {
    setSearching(false)
    field.current?.blur()
    document.querySelector<HTMLElement>('[role=listbox]')?.focus()
  }
  useRunKeys({
    log,
    handle,
    chosen,
    link,
    acts,
    steps,
    bookmarks,
    field,
    isOn: run !== undefined && goesOn(run),
    onSearch: search,
    onChoose: choose,
    onLine: toLine,
  })

  if (fault && !run) {
    return (
      <main className={css.alone}>
        <Hidden as="h1">Run {id}</Hidden>
        <FaultNote fault={fault}>
          <Link to="/runs">Go to the runs</Link>
        </FaultNote>
      </main>
    )
  }
  return (
    <main className={css.page}>
      <TitleBar
        id={id}
        run={run}
        isLate={isLate}
        link={link}
        acts={acts}
        isPhone={isPhone}
        onSearch={search}
      />
      {isPhone ? null : <Facts id={id} run={run} log={log} isLive={phase === 'live'} />}
      <Notices run={run} phase={phase} />
      <Toolbar
        log={log}
        run={run}
        handle={handle}
        view={view}
        steps={steps}
        bookmarks={bookmarks}
        field={field}
        isPhone={isPhone}
        isSearching={isSearching}
        onChange={change}
        onLine={toLine}
        onLeaveSearch={leaveSearch}
      />
      <LogView
        log={log}
        scheme={scheme}
        time={time}
        start={Date.parse(run?.started_at ?? run?.created_at ?? '') || 0}
        lineHeight={isPhone ? 24 : rowHeight(density)}
        isWrapped={isWrapped || isPhone}
        chosen={chosen}
        marks={bookmarks.lines}
        onChoose={choose}
        onHandle={setHandle}
        note={phase === 'loading' ? null : noteOf(run, filterOf(view) !== undefined)}
      />
      <Foot
        log={log}
        run={run}
        handle={handle}
        chosen={chosen}
        link={link}
        bookmarks={bookmarks}
        steps={steps}
        isPhone={isPhone}
        onChoose={toLine}
        onShowAll={() => {
          change({ hidden: [], stream: undefined, filter: { ...view.filter, text: '' } })
        }}
      />
    </main>
  )
}

// The sheet of a phone takes room from the log: the line that it is about stays
// in view. It is asked once the log has been drawn in what is left.
function useUncovered(handle: LogHandle | undefined, line: number | undefined): void {
  useEffect(() => {
    if (line === undefined) return
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => void handle?.pane.show(line, false, 'near'))
    })
    return () => cancelAnimationFrame(frame)
  }, [handle, line])
}

function noteOf(run: Run | undefined, isFiltered: boolean): string {
  if (!run) return ''
  if (isFiltered && run.lines > 0) return 'The filter hides every line'
  if (run.state !== 'ended') return `No line yet from ${run.device} on ${run.bench}`
  if (run.lines > 0) return ''
  return run.outcome === 'refused' ? 'Nothing ran' : 'The command printed nothing'
}
