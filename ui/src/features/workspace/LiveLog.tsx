// The log of a run that goes on, inside its block, and how far it has come.
import { emptyLog, type Log, RunLog, useCounts } from '@/shared/log'
import type { Run } from '@/shared/wire'
import { plural } from '@/shared/words'
import css from './block.module.css'

type Props = { run: Run; onLog: (log: Log | undefined) => void }

export function LiveLog({ run, onLog }: Props) {
  return <RunLog run={run.id} isCompact note="No line yet" onLog={onLog} />
}

// The lab tells a run's lines only now and then; the log that is shown knows.
export function LiveLines({ run, log = emptyLog }: { run: Run; log: Log | undefined }) {
  const lines = Math.max(run.lines, useCounts(log).lines)
  return lines > 0 ? <span className={css.fact}>{plural(lines, 'line')}</span> : null
}
