// What the list tells of a bench beyond what every page tells.
import { goesOn } from '@/shared/lab'
import type { Device, Run } from '@/shared/wire'

// Some labs' devices all report the same serial.
export function serialOf(device: Device, all: Device[]): string {
  const isTwin = all.some((d) => d !== device && d.serial === device.serial)
  return isTwin && device.devpath
    ? `${device.serial} · ${device.devpath.replace(':', ' ')}`
    : device.serial
}

// What a bench is at: what runs, else what ended last.
export function nowOf(runs: Run[]): { run: Run | undefined; more: number } {
  const going = runs.filter(goesOn)
  return { run: going[0] ?? runs[0], more: Math.max(0, going.length - 1) }
}
