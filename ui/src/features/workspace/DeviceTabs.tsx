// The devices of the bench, in its order; the one worked on is marked.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { buildOf, isPassing, isReady, nameOf, useLab } from '@/shared/lab'
import { BenchSign } from '@/shared/parts'
import { Avatars, useMe, usePeople } from '@/shared/people'
import type { Bench, Device } from '@/shared/wire'
import { ActsMenu } from './ActsMenu'
import { deviceMood } from './device'
import css from './workspace.module.css'

type Props = { bench: Bench; chosen: Device | undefined; onSide?: (() => void) | undefined }

export function DeviceTabs({ bench, chosen, onSide }: Props) {
  const runs = useLab((s) => s.runs)
  const devices = bench.devices ?? []
  const names = devices.map(nameOf)
  return (
    <div className={css.tabs}>
      <nav aria-label="Devices">
        {devices.map((device) => {
          const isTwin = names.filter((n) => n === nameOf(device)).length > 1
          return (
            <Link
              key={device.id}
              to="/b/$bench/$device"
              params={{ bench: bench.id, device: device.id }}
              className={device.id === chosen?.id ? css.current : undefined}
              aria-current={device.id === chosen?.id ? 'page' : undefined}
            >
              <BenchSign mood={deviceMood(bench, device, runs)} />
              <b>{nameOf(device)}</b>
              {isTwin ? <code>{device.serial}</code> : null}
              {isReady(device) ? (
                <code>{isTwin ? '' : buildOf(device)}</code>
              ) : (
                <span className={isPassing(device) ? css.passing : css.state}>{device.state}</span>
              )}
              {device.id === chosen?.id ? null : <On bench={bench} device={device} />}
            </Link>
          )
        })}
      </nav>
      {chosen ? <ActsMenu key={chosen.id} bench={bench} device={chosen} /> : null}
      {onSide ? (
        <Button leftSection={<ListChecks size={14} aria-hidden />} onClick={onSide}>
          Checks
        </Button>
      ) : null}
    </div>
  )
}

// The others who look at a device that one does not look at oneself.
function On({ bench, device }: { bench: Bench; device: Device }) {
  const me = useMe()?.id
  const others = usePeople(bench.id, device.id).filter((p) => p.id !== me)
  return <Avatars people={others} most={2} />
}
