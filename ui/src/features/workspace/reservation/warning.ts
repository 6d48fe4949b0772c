// The two warnings before a reservation ends.
import type { Stand } from '@/shared/reservation'

const minute = 60_000
const early = 10 * minute
const late = 2 * minute

export function warnOf(left: number): 'early' | 'late' | undefined {
  if (Number.isNaN(left) || left > early) return undefined
  return left > late ? 'early' : 'late'
}

// warningWords is a sentence that changes only when a warning begins.
export function warningWords(stand: Stand, now: number): string {
  if (stand.kind !== 'mine') return ''
  const warn = warnOf(stand.until - now)
  if (!warn) return ''
  return `Your reservation ends in ${warn === 'early' ? 'less than 10' : 'less than 2'} minutes.`
}
