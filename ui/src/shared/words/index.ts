// How numbers, times and durations are written, everywhere alike.
import { relayNow } from '@/shared/clock'

export { legible, sign, unseen } from './legible'
export { pace, trip } from './trip'

const grouped = new Intl.NumberFormat('en-US')

// 184,203
export const count = (n: number): string => grouped.format(n)

// 96.1k, for small places
export function short(n: number): string {
  if (n < 10_000) return count(n)
  if (n < 1_000_000) return `${(Math.floor(n / 100) / 10).toFixed(1)}k`
  return `${(Math.floor(n / 100_000) / 10).toFixed(1)}M`
}

// 23.9 MB
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  let value = n
  let unit = -1
  while (value >= 999.95 && unit < 3) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(1)} ${['kB', 'MB', 'GB', 'TB'][unit]}`
}

// < 1 ms, 38 ms, 0.41 s, 12.3 s, 12:41, 6:02:11; while it goes on whole seconds
// only.
export function duration(ms: number): string {
  if (ms < 1) return '< 1 ms'
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  return elapsed(ms)
}

// 0:48, 12:41, 6:02:11
export function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(s / 60) % 60
  if (s < 3600) return `${minutes}:${two(s % 60)}`
  return `${Math.floor(s / 3600)}:${two(minutes)}:${two(s % 60)}`
}

// 10:24:12 today, else with its day: 20 Nov 10:24
export function time(at: Date | number, now: Date = new Date(relayNow())): string {
  const d = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const hm = `${two(d.getHours())}:${two(d.getMinutes())}`
  if (d.toDateString() === now.toDateString()) return `${hm}:${two(d.getSeconds())}`
  return `${d.getDate()} ${d.toLocaleString('en-US', { month: 'short' })} ${hm}`
}

// now, 6 min ago, 3 h ago, yesterday, 18 Nov
export function ago(at: Date | number, now: Date = new Date(relayNow())): string {
  const d = new Date(at)
  const minutes = Math.floor((now.getTime() - d.getTime()) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min ago`
  if (d.toDateString() === now.toDateString()) return `${Math.floor(minutes / 60)} h ago`
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (d.toDateString() === yesterday.toDateString()) return 'yesterday'
  return `${d.getDate()} ${d.toLocaleString('en-US', { month: 'short' })}`
}

export const plural = (n: number, one: string, many = `${one}s`) =>
  `${count(n)} ${n === 1 ? one : many}`

// A relay's message as a sentence: it writes them without capital and stop. A
// name at its beginning, as of a device, stays as it is spelt.
export function sentence(text: string): string {
  const s = text.trim()
  if (s === '') return ''
  const isWord = /^[a-z]+(?![\w-])/.test(s)
  return (isWord ? s[0]!.toUpperCase() + s.slice(1) : s) + (/[.!?]$/.test(s) ? '' : '.')
}
