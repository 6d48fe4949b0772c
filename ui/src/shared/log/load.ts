import { toast } from '@/shared/toast'
import type { Log } from './log'

// load fetches the lines of a gap, and says so where that fails.
export async function load(log: Log, gap: number): Promise<void> {
  try {
    await log.load(gap)
  } catch (e) {
    const text = e instanceof Error ? e.message : String(e)
    toast({ title: 'Lines not loaded', text, tone: 'warn' })
  }
}
