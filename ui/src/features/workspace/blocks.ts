// The results that stand above a device's command line: its runs, oldest first,
// from what the lab tells live and from what the relay keeps.
import { goesOn } from '@/shared/lab'
import type { Run } from '@/shared/wire'

// blocksOf joins both: the lab knows what is newer, and only the newest runs of
// all benches; lists may cut a command, so the longer one stays.
export function blocksOf(lab: Run[], kept: Run[], bench: string, device: string): Run[] {
  const found = new Map<string, Run>()
  for (const run of [...kept, ...lab]) {
    if (run.bench !== bench || run.device !== device) continue
    const before = found.get(run.id)
    if (!before) found.set(run.id, run)
    else if (before.state !== 'ended' || run.state === 'ended') {
      const command = before.command.length > run.command.length ? before.command : run.command
      found.set(run.id, { ...before, ...run, command })
    }
  }
  return [...found.values()].sort(
    (a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || a.id.localeCompare(b.id),
  )
}

// fillerOf is the run that takes the room that is left: the newest that goes
// on, where no later one has ended below it.
export const fillerOf = (blocks: Run[]): Run | undefined => {
  const last = blocks.at(-1)
  return last && goesOn(last) ? last : undefined
}

// isOpenAtFirst: the newest, what goes on, and what failed lately stand open;
// older ones keep one line.
export function isOpenAtFirst(run: Run, fromNewest: number): boolean {
  if (goesOn(run)) return true
  if (fromNewest === 0) return true
  const isFine = run.outcome === 'exited' && run.exit_code === 0
  return fromNewest < 3 && (!isFine || run.check !== undefined)
}

export const firstLine = (command: string): string => command.trim().split('\n')[0] ?? ''

// moreLines says how many lines of a script the first one hides.
export const moreLines = (command: string): number => command.trim().split('\n').length - 1

// tookMs is how long a run took, or has been taking until now.
export function tookMs(run: Run, now: number): number {
  const from = Date.parse(run.started_at ?? run.created_at)
  return Math.max(0, (run.ended_at ? Date.parse(run.ended_at) : now) - from)
}
