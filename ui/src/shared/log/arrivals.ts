// How many lines the logs of this page have, for the word about what came while
// the connection was lost.
import type { Log } from './log'

const logs = new Set<Log>()

export const arrivals = {
  // add counts a log until the returned function is called.
  add(log: Log): () => void {
    logs.add(log)
    return () => {
      logs.delete(log)
    }
  },
  lines: (): number => [...logs].reduce((sum, log) => sum + log.state.getState().lines, 0),
  // Nothing is on its way any more, as far as the logs know.
  areHere: (): boolean =>
    [...logs].every((log) => ['live', 'over'].includes(log.state.getState().phase)),
}
