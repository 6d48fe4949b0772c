// One run: what was asked, how it stands, and its lines live.
import { useComputedColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { type LogHandle, LogView, type TimeMode } from '@/shared/log'
import { FaultNote, Hidden, runSign, useLate, useTitle } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import { Facts } from './Facts'
import { Foot } from './Foot'
import { Notices } from './Notices'
import css from './run.module.css'
import { TitleBar } from './TitleBar'
import { Toolbar } from './Toolbar'
import { useRun } from './useRun'

type Props = {
  id: string
  line: number | undefined // selected, in the address
  onLine: (line: number | undefined) => void
  onStarted: (run: Run) => void
}

export function RunPage({ id, line, onLine, onStarted }: Props) {
  const { run, fault, log, phase } = useRun(id)
  const [time, setTime] = useState<TimeMode>('relative')
  const scheme = useComputedColorScheme('light')
  const handle = useRef<LogHandle>({ pane: undefined })
  const isLate = useLate(!run && !fault)
  useTitle(run ? `${runSign(run).word}: ${run.command.trim().split('\n')[0]}` : 'Run')

  if (fault && !run) {
    return (
      <main className={css.alone}>
        <Hidden as="h1">Run {id}</Hidden>
        <FaultNote fault={fault}>
          <Link to="/">Go to the benches</Link>
        </FaultNote>
      </main>
    )
  }
  return (
    <main className={css.page}>
      <TitleBar id={id} run={run} isLate={isLate} onStarted={onStarted} />
      <Facts id={id} run={run} log={log} isLive={phase === 'live'} />
      <Notices run={run} phase={phase} />
      <Toolbar handle={handle} log={log} time={time} onTime={setTime} run={run} />
      <LogView
        log={log}
        scheme={scheme}
        time={time}
        start={Date.parse(run?.started_at ?? run?.created_at ?? '') || 0}
        selected={line}
        onSelect={onLine}
        handle={handle}
        note={phase === 'loading' ? null : noteOf(run)}
      />
      <Foot log={log} line={line} run={run} handle={handle} />
    </main>
  )
}

function noteOf(run: Run | undefined): string {
  if (!run) return ''
  if (run.state !== 'ended') return 'No line yet'
  return run.lines === 0 ? 'The command printed nothing' : ''
}
