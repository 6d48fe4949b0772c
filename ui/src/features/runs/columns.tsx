// The columns of the table, of which one chooses.
import { goesOn } from '@/shared/lab'
import type { Tone } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import { useSign } from '@/shared/verdict'
import type { Run } from '@/shared/wire'
import { bytes, count, duration, elapsed, time } from '@/shared/words'
import { clock, startOf } from './days'
import css from './runs.module.css'

export type Column = {
  id: string
  title: string
  width: string
  isNumber?: boolean
  isUsual?: boolean
  cell: (run: Run, now: number) => React.ReactNode
}

const bad: Tone[] = ['danger', 'warn']

export function Outcome({ run }: { run: Run }) {
  const { word, tone, icon } = useSign(run)
  // Only what went wrong, or goes on, is coloured as text.
  const isQuiet = tone === 'ok' || tone === 'quiet'
  return (
    <span className={css.outcome} data-tone={tone} data-loud={!isQuiet || bad.includes(tone)}>
      {icon}
      <span>{word}</span>
    </span>
  )
}

const dash = '–'

export function lasted(run: Run, now: number): string {
  if (!run.started_at) return dash
  const started = Date.parse(run.started_at)
  if (goesOn(run)) return run.state === 'running' ? elapsed(now - started) : dash
  return run.ended_at ? duration(Date.parse(run.ended_at) - started) : dash
}

export const columns: Column[] = [
  {
    id: 'outcome',
    title: 'Outcome',
    width: '116px',
    isUsual: true,
    cell: (run) => <Outcome run={run} />,
  },
  { id: 'command', title: 'Command or check', width: 'auto', isUsual: true, cell: () => null },
  {
    id: 'device',
    title: 'Device',
    width: '22%',
    isUsual: true,
    cell: (run) => (
      <span className={css.on}>
        <span>{run.device}</span> <small>on</small> <span>{run.bench}</span>
      </span>
    ),
  },
  { id: 'by', title: 'By', width: '96px', isUsual: true, cell: (run) => <By name={run.by} /> },
  {
    id: 'started',
    title: 'Started',
    width: '80px',
    isNumber: true,
    isUsual: true,
    cell: (run) => clock(startOf(run)),
  },
  {
    id: 'duration',
    title: 'Duration',
    width: '76px',
    isNumber: true,
    isUsual: true,
    cell: (run, now) => (
      <span className={run.state === 'running' ? css.ticking : undefined}>{lasted(run, now)}</span>
    ),
  },
  {
    id: 'lines',
    title: 'Lines',
    width: '88px',
    isNumber: true,
    isUsual: true,
    // A bench counts them when a run has ended.
    cell: (run) => (run.lines > 0 || !goesOn(run) ? count(run.lines) : dash),
  },
  {
    id: 'size',
    title: 'Size',
    width: '84px',
    isNumber: true,
    cell: (run) => (run.bytes > 0 ? bytes(run.bytes) : dash),
  },
  {
    id: 'ended',
    title: 'Ended',
    width: '108px',
    isNumber: true,
    cell: (run) => (run.ended_at ? time(Date.parse(run.ended_at)) : dash),
  },
  {
    id: 'id',
    title: 'Run id',
    width: '150px',
    cell: (run) => <code className={css.id}>{run.id}</code>,
  },
]

// chosen gives the columns of a setting; empty or unknown means the usual ones.
// What the run was stays: a row without it would be nothing.
export function chosen(ids: string[]): Column[] {
  const known = columns.filter((c) => ids.includes(c.id))
  if (known.length === 0) return columns.filter((c) => c.isUsual)
  return columns.filter((c) => c.id === 'command' || ids.includes(c.id))
}

export function By({ name }: { name: string }) {
  const me = useConnection((c) => c.user)
  if (!name) return dash
  return (
    <span className={css.by}>
      <i aria-hidden data-own={name === me?.id || name === me?.name || undefined}>
        {name.slice(0, 2).toLowerCase()}
      </i>
      <span>{name}</span>
    </span>
  )
}
