// The log of a run that goes on, inside its block.
import { RunLog } from '@/shared/log'
import type { Run } from '@/shared/wire'

export function LiveLog({ run }: { run: Run }) {
  return <RunLog run={run.id} isCompact note="No line yet" />
}
