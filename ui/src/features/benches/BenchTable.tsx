// A row a device, each bench named once.
import { Link } from '@tanstack/react-router'
import { ArrowUp, TriangleAlert } from 'lucide-react'
import { buildOf, goesOn, isPassing, isReady, moodOf, nameOf } from '@/shared/lab'
import { BenchSign, Hidden, Ring, RunIcon, useNow } from '@/shared/parts'
import { Avatars, usePeople } from '@/shared/people'
import type { Bench, Device, Run } from '@/shared/wire'
import { elapsed, plural, time } from '@/shared/words'
import { serialOf } from './bench'
import { Flagged } from './Flagged'
import { Latency } from './Latency'
import { Owner } from './Owner'
import { Pin } from './Pin'
import type { RunsOf } from './search'
import css from './table.module.css'

type Props = { benches: Bench[]; runsOf: RunsOf; asOf: number | undefined }

export function BenchTable({ benches, runsOf, asOf }: Props) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>
            <Hidden>Pinned</Hidden>
          </th>
          <th aria-sort="ascending">
            Bench <ArrowUp size={12} aria-hidden />
          </th>
          <th>Device</th>
          <th>State</th>
          <th>Now</th>
          <th>Reserved</th>
          <th>Build</th>
          <th>Serial</th>
          <th className={css.number}>Latency</th>
        </tr>
      </thead>
      {benches.map((bench) => (
        <Rows key={bench.id} bench={bench} runs={runsOf.get(bench.id) ?? []} asOf={asOf} />
      ))}
    </table>
  )
}

// TableFoot counts what the table shows, and tells the keys.
export function TableFoot({ benches }: { benches: Bench[] }) {
  const devices = benches.reduce((n, b) => n + (b.devices ?? []).length, 0)
  return (
    <footer className={css.tableFoot}>
      {plural(devices, 'device')} on {plural(benches.length, 'bench', 'benches')}
      <p>
        <kbd>j</kbd> <kbd>k</kbd> move <kbd>↵</kbd> open <kbd>p</kbd> pin
      </p>
    </footer>
  )
}

function Rows({ bench, runs, asOf }: { bench: Bench; runs: Run[]; asOf: number | undefined }) {
  const devices = bench.devices ?? []
  const isOffline = bench.state === 'offline'
  const known = isOffline ? Date.parse(bench.seen_at) : asOf
  const rows: (Device | undefined)[] = devices.length > 0 ? devices : [undefined]
  return (
    <tbody className={isOffline ? css.offline : ''} data-bench={bench.id}>
      {rows.map((device, i) => (
        <tr key={device?.id ?? 'none'}>
          {i === 0 ? (
            <>
              <td rowSpan={rows.length} className={css.star}>
                <Pin bench={bench} />
              </td>
              <th rowSpan={rows.length} scope="rowgroup">
                <span className={css.name}>
                  <BenchSign mood={moodOf(bench, runs)} />
                  <Link to="/b/$bench" params={{ bench: bench.id }}>
                    {bench.name || bench.id}
                  </Link>
                  <AtBench bench={bench} />
                </span>
                <Flagged bench={bench} />
              </th>
            </>
          ) : null}
          <td>
            {device ? (
              <Link
                to="/b/$bench/$device"
                params={{ bench: bench.id, device: device.id }}
                data-device={device.id}
              >
                {nameOf(device)}
              </Link>
            ) : (
              'No device'
            )}
          </td>
          <td>{device ? <State device={device} isOffline={isOffline} /> : null}</td>
          <td>
            <Now bench={bench} device={device} runs={runs} isFirst={i === 0} known={known} />
          </td>
          <td>{device ? <Owner bench={bench.id} device={device.id} /> : null}</td>
          <td>
            <code>{device ? buildOf(device) || '–' : ''}</code>
          </td>
          <td>
            <code>{device ? serialOf(device, devices) : ''}</code>
          </td>
          <td className={css.number}>{i === 0 ? <Latency bench={bench} /> : null}</td>
        </tr>
      ))}
    </tbody>
  )
}

const AtBench = ({ bench }: { bench: Bench }) => (
  <Avatars people={usePeople(bench.id)} says={(names) => `${names} at this bench`} />
)

function State({ device, isOffline }: { device: Device; isOffline: boolean }) {
  if (isOffline) return 'offline'
  if (isReady(device)) return 'ready'
  return (
    <span className={css.needsWord}>
      {isPassing(device) ? <Ring /> : <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />}
      {device.state}
    </span>
  )
}

type NowProps = {
  bench: Bench
  device: Device | undefined
  runs: Run[]
  isFirst: boolean
  known: number | undefined
}

// What runs on the device; else what is the matter.
function Now({ bench, device, runs, isFirst, known }: NowProps) {
  const run = runs.find((r) => r.device === device?.id && goesOn(r))
  const now = useNow(run !== undefined)
  if (bench.state === 'offline' || (isFirst && bench.reason)) {
    return isFirst ? bench.reason || 'Offline' : known ? `as of ${time(known)}` : null
  }
  if (device && !isReady(device)) {
    return <span className={css.needsWord}>{device.hint || device.reason}</span>
  }
  if (!run) return null
  return (
    <Link to="/r/$id" params={{ id: run.id }} className={css.going}>
      <RunIcon run={run} />
      <code>{run.check?.label ?? run.command.trim().split('\n')[0]}</code>
      <span>{run.by}</span>
      <span className={css.when}>
        {elapsed(now - Date.parse(run.started_at ?? run.created_at))}
      </span>
    </Link>
  )
}
