// Runs by day, as rows of a list: a head for each day, then its runs.
import type { Run } from '@/shared/wire'

export type Row = { day: string; count: number; isOpen: boolean } | { run: Run }

export const startOf = (run: Run) => Date.parse(run.started_at ?? run.created_at)

// rowsOf expects the newest first. The last day is open while older runs may
// still come.
export function rowsOf(runs: Run[], isWhole: boolean, now: Date): Row[] {
  const rows: Row[] = []
  let head: { day: string; count: number; isOpen: boolean } | undefined
  let key = ''
  for (const run of runs) {
    const at = new Date(run.created_at)
    const its = at.toDateString()
    if (its !== key || !head) {
      key = its
      head = { day: dayOf(at, now), count: 0, isOpen: false }
      rows.push(head)
    }
    head.count++
    rows.push({ run })
  }
  if (head && !isWhole) head.isOpen = true
  return rows
}

// Today; Yesterday, 20 November; Thursday, 19 November; with the year if another
function dayOf(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return 'Today'
  const date = `${at.getDate()} ${at.toLocaleString('en-US', { month: 'long' })}`
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (at.toDateString() === yesterday.toDateString()) return `Yesterday, ${date}`
  const year = at.getFullYear() === now.getFullYear() ? '' : ` ${at.getFullYear()}`
  return `${at.toLocaleString('en-US', { weekday: 'long' })}, ${date}${year}`
}

// 10:24:12: the day stands over the group
export function clock(at: number): string {
  const d = new Date(at)
  return [d.getHours(), d.getMinutes(), d.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':')
}
