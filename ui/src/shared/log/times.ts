// How the time of a line is written: by the clock, from the run's start, or
// from the line above.
export type TimeMode = 'clock' | 'relative' | 'delta'

const two = (n: number) => String(n).padStart(2, '0')
const three = (n: number) => String(n).padStart(3, '0')

export function clock(at: number): string {
  const d = new Date(at)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${three(d.getMilliseconds())}`
}

// relative counts from the run's start; before it (clocks differ) as zero.
export function relative(ms: number): string {
  const t = Math.max(0, Math.round(ms))
  const hours = Math.floor(t / 3_600_000)
  const rest = `${two(Math.floor(t / 60_000) % 60)}:${two(Math.floor(t / 1000) % 60)}.${three(t % 1000)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

// delta is the time since the line above: +0.004, +12.310, +1:02.310.
export function delta(ms: number): string {
  const t = Math.abs(Math.round(ms))
  const sign = ms < 0 ? '−' : '+'
  if (t < 60_000) return `${sign}${Math.floor(t / 1000)}.${three(t % 1000)}`
  return `${sign}${Math.floor(t / 60_000)}:${two(Math.floor(t / 1000) % 60)}.${three(t % 1000)}`
}
