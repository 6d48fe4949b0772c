// How reservations are spoken of, everywhere alike.
import { relayNow } from '@/shared/clock'
import { nameOf } from '@/shared/lab'
import type { Bench } from '@/shared/wire'
import { time } from '@/shared/words'

// 30 min, 1 h, 1 h 30 min
export function span(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60))
  const h = Math.floor(minutes / 60)
  const m = minutes % 60
  return [h > 0 ? `${h} h` : '', m > 0 ? `${m} min` : ''].filter(Boolean).join(' ')
}

// 11:30, also after midnight: further off than most of a day it has its day
export function clockTime(at: number): string {
  if (Math.abs(at - relayNow()) > 20 * 3600_000) return time(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const d = new Date(at)
  return `${two(d.getHours())}:${two(d.getMinutes())}`
}

// placeName: HU5 High on hil-07, or the bench alone.
export function placeName(bench: Bench | undefined, id: string, device: string): string {
  const on = bench?.name || id
  const found = bench?.devices?.find((d) => d.id === device)
  return device === '' ? on : `${found ? nameOf(found) : device} on ${on}`
}

export const ordinal = (n: number): string => {
  const ten = n % 100
  const end = ten >= 11 && ten <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${end}`
}
