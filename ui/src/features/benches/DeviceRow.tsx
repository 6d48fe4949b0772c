import { Link } from '@tanstack/react-router'
import { ChevronRight, CornerDownLeft, Monitor, TriangleAlert } from 'lucide-react'
import { androidOf, buildOf, isPassing, isReady, nameOf } from '@/shared/lab'
import { Hidden, Ring } from '@/shared/parts'
import { Avatars, useMe, usePeople } from '@/shared/people'
import type { Bench, Device } from '@/shared/wire'
import { serialOf } from './bench'
import css from './benches.module.css'
import { Owner } from './Owner'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

// One device, which is the way to its workspace. One that is not ready says
// adb's own word, then what to do about it.
export function DeviceRow({ bench, device }: { bench: Bench; device: Device }) {
  const isOffline = bench.state === 'offline'
  const needs = !isReady(device) && !isOffline
  const me = useMe()?.id
  const people = usePeople(bench.id, device.id).filter((p) => p.id !== me)
  const passing = isPassing(device) ? css.passing : ''
  return (
    <Link
      to="/b/$bench/$device"
      params={{ bench: bench.id, device: device.id }}
      className={`${css.device} ${needs ? css.needs : ''} ${passing}`}
      data-device={device.id}
    >
      {needs ? passing ? <Ring /> : <TriangleAlert {...icon} /> : <Monitor {...icon} />}
      <span className={css.what}>
        <span>
          <b>{nameOf(device)}</b>
          {needs ? (
            <span className={css.state}>{device.state}</span>
          ) : (
            <span className={css.caption}>{androidOf(device)}</span>
          )}
        </span>
        {needs ? (
          <span className={css.hint}>{device.hint || device.reason || device.serial}</span>
        ) : (
          <code>{serialOf(device, bench.devices ?? [])}</code>
        )}
      </span>
      <Avatars people={people} most={2} says={(names) => `, ${names} on it`} />
      <span className={css.end}>
        <code className={css.build}>{buildOf(device)}</code>
        <Owner bench={bench.id} device={device.id} />
      </span>
      <ChevronRight {...icon} className={css.way} />
      <span className={css.open}>
        <Hidden>, </Hidden>Open <CornerDownLeft size={14} strokeWidth={1.75} aria-hidden />
      </span>
    </Link>
  )
}
