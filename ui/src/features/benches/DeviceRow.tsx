import { Button } from '@mantine/core'
import { Monitor, TriangleAlert } from 'lucide-react'
import { Hidden } from '@/shared/parts'
import type { Device } from '@/shared/wire'
import { androidOf, buildOf, isReady, nameOf } from './bench'
import css from './benches.module.css'

type Props = { device: Device; isOffline: boolean; isChosen: boolean; onChoose: () => void }

// A device that is not ready says adb's own word, then what to do about it.
export function DeviceRow({ device, isOffline, isChosen, onChoose }: Props) {
  const ready = isReady(device)
  const needs = !ready && !isOffline
  return (
    <div
      className={`${css.device} ${needs ? css.needs : ''} ${isChosen ? css.chosen : ''}`}
      data-device={device.id}
    >
      {needs ? (
        <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
      ) : (
        <Monitor size={16} strokeWidth={1.75} aria-hidden />
      )}
      <div className={css.what}>
        <div>
          <b>{nameOf(device)}</b>
          {ready || isOffline ? (
            <span className={css.caption}>{androidOf(device)}</span>
          ) : (
            <span className={css.state}>{device.state}</span>
          )}
        </div>
        {needs ? (
          <div className={css.hint}>{device.hint || device.reason || device.serial}</div>
        ) : (
          <code>{device.serial}</code>
        )}
      </div>
      <code className={css.build}>{buildOf(device)}</code>
      {ready && !isOffline ? (
        <Button onClick={onChoose} aria-pressed={isChosen} className={css.run}>
          Run<Hidden> a command on {device.id}</Hidden>…
        </Button>
      ) : null}
    </div>
  )
}
