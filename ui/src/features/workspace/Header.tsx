import { ActionIcon } from '@mantine/core'
import { Clock, Link as LinkIcon, Star } from 'lucide-react'
import { moodOf, useLab } from '@/shared/lab'
import { BenchSign, CopyButton, PageHead } from '@/shared/parts'
import { changeSettings, useSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'
import type { Bench, Device } from '@/shared/wire'
import { pace, time, trip } from '@/shared/words'
import { Presence } from './Presence'
import css from './workspace.module.css'

export function Header({ bench, device }: { bench: Bench; device: Device | undefined }) {
  const all = useLab((s) => s.runs)
  const runs = all.filter((r) => r.bench === bench.id)
  const lost = useConnection((c) => c.asOf)
  const pins = useSettings((s) => s.pins)
  const isPinned = pins.includes(bench.id)
  const isOffline = bench.state === 'offline'
  const known = isOffline ? Date.parse(bench.seen_at) : lost
  const path = device ? `/b/${bench.id}/${device.id}` : `/b/${bench.id}`
  const pin = () =>
    changeSettings({ pins: isPinned ? pins.filter((p) => p !== bench.id) : [...pins, bench.id] })
  return (
    <PageHead
      up={{ to: '/', label: 'Benches' }}
      sign={<BenchSign mood={moodOf(bench, runs)} />}
      title={bench.name || bench.id}
      hint={bench.name || bench.id}
      acts={
        <>
          <Presence bench={bench} device={device} />
          <ActionIcon
            variant="default"
            aria-label={isPinned ? 'Unpin this bench' : 'Pin this bench'}
            aria-pressed={isPinned}
            className={isPinned ? css.pinned : undefined}
            onClick={pin}
          >
            <Star size={16} strokeWidth={1.75} fill={isPinned ? 'currentColor' : 'none'} />
          </ActionIcon>
          <CopyButton
            text={location.origin + path}
            icon={<LinkIcon size={14} aria-hidden />}
            className={css.wide}
          >
            Copy link
          </CopyButton>
        </>
      }
    >
      <span className={css.labels}>{(bench.labels ?? []).join(' · ')}</span>
      {bench.rtt_ms != null && !known ? (
        <span className={css[pace(bench.rtt_ms)]} title="Round trip from the relay to the bench">
          {trip(bench.rtt_ms)}
        </span>
      ) : null}
      {known ? (
        <span className={css.asOf}>
          <Clock size={14} aria-hidden /> as of {time(known)}
        </span>
      ) : null}
    </PageHead>
  )
}
