// One bench: its head, a row a device, and at the foot what runs now, else the
// last result, else why it is not there.
import { Link } from '@tanstack/react-router'
import { Clock, Unplug } from 'lucide-react'
import { goesOn } from '@/shared/lab'
import { BenchSign, RunIcon, useNow } from '@/shared/parts'
import type { Bench, Device, Run } from '@/shared/wire'
import { ago, elapsed, time } from '@/shared/words'
import { moodOf } from './bench'
import css from './benches.module.css'
import { DeviceRow } from './DeviceRow'

type Props = {
  bench: Bench
  runs: Run[] // of this bench, newest first
  asOf: number | undefined // set while there is no connection
  chosen: string | undefined
  onChoose: (device: Device) => void
}

export function BenchCard({ bench, runs, asOf, chosen, onChoose }: Props) {
  const isOffline = bench.state === 'offline'
  const known = isOffline ? Date.parse(bench.seen_at) : asOf
  return (
    <article
      className={`${css.card} ${isOffline ? css.offline : ''}`}
      aria-labelledby={`bench-${bench.id}`}
      data-bench={bench.id}
    >
      <div className={css.head}>
        <BenchSign mood={moodOf(bench, runs)} />
        <h2 id={`bench-${bench.id}`}>{bench.name || bench.id}</h2>
        <span className={css.caption}>
          {[bench.agent?.os, bench.agent?.arch].filter(Boolean).join(' · ')}
        </span>
        {known ? (
          <span className={css.asOf}>
            <Clock size={14} strokeWidth={1.75} aria-hidden /> as of {time(known)}
          </span>
        ) : null}
      </div>
      <div className={css.devices}>
        {(bench.devices ?? []).map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            isOffline={isOffline}
            isChosen={chosen === device.id}
            onChoose={() => onChoose(device)}
          />
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
}

function Foot({ bench, runs }: { bench: Bench; runs: Run[] }) {
  const running = runs.filter(goesOn)
  const run = running[0] ?? runs[0]
  const now = useNow(running.length > 0)
  if (bench.reason || bench.state === 'offline') {
    return (
      <div className={css.foot}>
        <Unplug size={16} strokeWidth={1.75} aria-hidden />
        <span className={css.reason}>{bench.reason || 'Offline'}</span>
      </div>
    )
  }
  if (!run) return <div className={css.foot}>No run yet</div>
  const isRunning = goesOn(run)
  return (
    <Link
      to="/r/$id"
      params={{ id: run.id }}
      className={`${css.foot} ${isRunning ? css.running : ''}`}
    >
      <RunIcon run={run} />
      <code>{run.command.split('\n')[0]}</code>
      {running.length > 1 ? <span>+{running.length - 1}</span> : null}
      <span className={css.when}>
        {isRunning
          ? elapsed(now - Date.parse(run.started_at ?? run.created_at))
          : ago(Date.parse(run.ended_at ?? run.created_at))}
      </span>
    </Link>
  )
}
