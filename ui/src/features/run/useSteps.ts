// Going from hit to hit and from error to error, round the log's ends.
import { useLayoutEffect, useRef, useState } from 'react'
import type { Log, LogHandle } from '@/shared/log'

export type Kind = 'hit' | 'error' | 'warn'
export type Steps = {
  step: (kind: Kind, by: 1 | -1) => Promise<void>
  at: { line: number; index: number } | undefined // the hit one stands on
  said: string // what the last step did not find, or where it went on
}

const waitingAtMost = 30 // steps: a key that is held down

const words: Record<Kind, string> = { hit: 'match', error: 'error', warn: 'warning' }

export function useSteps(
  log: Log,
  handle: LogHandle | undefined,
  cursor: number | undefined,
  choose: (line: number) => void,
): Steps {
  const [at, setAt] = useState<Steps['at']>()
  const [said, setSaid] = useState('')
  // Keys may come faster than the log answers: each step begins where the one
  // before it led to.
  const here = useRef(cursor)
  const turns = useRef({ last: Promise.resolve(), waiting: 0 })
  useLayoutEffect(() => {
    here.current = cursor
  }, [cursor])
  const step = (kind: Kind, by: 1 | -1) => {
    const { current: turn } = turns
    if (turn.waiting >= waitingAtMost) return turn.last
    turn.waiting++
    turn.last = turn.last
      .then(() => go(kind, by))
      .catch((e) => setSaid(e instanceof Error ? e.message : String(e)))
      .finally(() => turn.waiting--)
    return turn.last
  }
  const go = async (kind: Kind, by: 1 | -1) => {
    const pane = handle?.pane
    const seen = pane?.state.getState()
    const { next, rows } = log.state.getState()
    if (rows === 0) return
    const start =
      here.current ??
      (by > 0 && !seen?.following ? (seen?.firstLine ?? 1) - 1 : (seen?.lastLine ?? 0) + 1)
    let place = await log.step(kind, start, by)
    let went = ''
    if (!place) {
      place = await log.step(kind, by > 0 ? 0 : next, by)
      went = by > 0 ? 'went on from the top' : 'went on from the end'
    }
    setSaid(place ? went : `no ${words[kind]}`)
    if (!place) return
    if (kind === 'hit' && place.index !== undefined) setAt({ line: place.line, index: place.index })
    here.current = place.line
    choose(place.line)
    await pane?.show(place.line, true)
  }
  return { step, at, said }
}
