// One bench: its head, a row a device, and at the foot what runs now, else the
// last result, else why it is not there.
import { Link } from '@tanstack/react-router'
import { Clock, Unplug } from 'lucide-react'
import { memo } from 'react'
import { goesOn, moodOf } from '@/shared/lab'
import { BenchSign, useNow } from '@/shared/parts'
import { Avatars, usePeople } from '@/shared/people'
import { ResultIcon } from '@/shared/verdict'
import type { Bench, Run } from '@/shared/wire'
import { ago, elapsed, time } from '@/shared/words'
import { nowOf } from './bench'
import css from './benches.module.css'
import { DeviceRow } from './DeviceRow'
import { Flagged } from './Flagged'
import { Latency } from './Latency'
import { Pin } from './Pin'

type Props = {
  bench: Bench
  runs: Run[] // of this bench, newest first
  asOf: number | undefined // set while there is no connection
}

export const BenchCard = memo(function BenchCard({ bench, runs, asOf }: Props) {
  const isOffline = bench.state === 'offline'
  const known = isOffline ? Date.parse(bench.seen_at) : asOf
  const people = usePeople(bench.id)
  return (
    <article
      className={`${css.card} ${isOffline ? css.offline : ''}`}
      aria-labelledby={`bench-${bench.id}`}
      data-bench={bench.id}
    >
      <div className={css.head}>
        <BenchSign mood={moodOf(bench, runs)} />
        <h3 id={`bench-${bench.id}`}>
          <Link to="/b/$bench" params={{ bench: bench.id }}>
            {bench.name || bench.id}
          </Link>
        </h3>
        <span className={css.caption}>{(bench.labels ?? []).join(' · ')}</span>
        <Avatars people={people} says={(names) => `${names} at this bench`} />
        {known ? (
          <span className={css.asOf}>
            <Clock size={14} strokeWidth={1.75} aria-hidden /> as of {time(known)}
          </span>
        ) : (
          <Latency bench={bench} />
        )}
        <Pin bench={bench} />
      </div>
      <Flagged bench={bench} />
      <div className={css.devices}>
        {(bench.devices ?? []).map((device) => (
          <DeviceRow key={device.id} bench={bench} device={device} />
        ))}
        {(bench.devices ?? []).length === 0 && !isOffline ? (
          <p className={css.none}>
            No device. Connect one by USB, or with <code>adb connect</code>.
          </p>
        ) : null}
      </div>
      <Foot bench={bench} runs={runs} />
    </article>
  )
})

function Foot({ bench, runs }: { bench: Bench; runs: Run[] }) {
  const { run, more } = nowOf(runs)
  const isRunning = run !== undefined && goesOn(run)
  const now = useNow(isRunning)
  if (bench.reason || bench.state === 'offline') {
    return (
      <div className={css.foot}>
        <Unplug size={16} strokeWidth={1.75} aria-hidden />
        <span className={css.reason}>{bench.reason || 'Offline'}</span>
      </div>
    )
  }
  if (!run) return <div className={css.foot}>No run yet</div>
  return (
    <Link
      to="/r/$id"
      params={{ id: run.id }}
      className={`${css.foot} ${isRunning ? css.running : ''}`}
    >
      <ResultIcon run={run} />
      {run.check ? (
        <span className={css.check}>{run.check.label}</span>
      ) : (
        <code>{run.command.trim().split('\n')[0]}</code>
      )}
      {more > 0 ? <span>+{more}</span> : null}
      {isRunning && run.by ? <span>{run.by}</span> : null}
      <span className={css.when}>
        {isRunning
          ? elapsed(now - Date.parse(run.started_at ?? run.created_at))
          : ago(Date.parse(run.ended_at ?? run.created_at))}
      </span>
    </Link>
  )
}
