// What is told of a bench and its devices, everywhere alike.
import type { BenchMood } from '@/shared/parts'
import type { Bench, Device, Run } from '@/shared/wire'
import { legible } from '@/shared/words'
import { goesOn } from './lab'

export const isReady = (device: Device) => device.state === 'device'

// isPassing: not ready, and it ends by itself. Nobody is needed.
export const isPassing = (device: Device) =>
  device.state === 'rebooting' || device.state === 'adb restarting'

export function moodOf(bench: Bench, runs: Run[]): BenchMood {
  if (bench.state === 'offline') return 'offline'
  const devices = bench.devices ?? []
  if (bench.reason || devices.some((d) => !isReady(d) && !isPassing(d))) return 'attention'
  return runs.some(goesOn) || devices.some(isPassing) ? 'running' : 'online'
}

export const nameOf = (device: Device) =>
  (device.model || device.product || device.serial).replaceAll('_', ' ')

export function buildOf(device: Device): string {
  const p = device.properties ?? {}
  return legible(p['ro.build.version.incremental'] || p['ro.build.id'] || '')
}

export function androidOf(device: Device): string {
  const release = device.properties?.['ro.build.version.release']
  return release ? `Android ${legible(release)}` : ''
}
