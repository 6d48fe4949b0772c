// A run as this page knows it: its log, and its state from there and from the
// lab.
import { useContext, useEffect } from 'react'
import { useStore } from 'zustand'
import { LabContext, useLab } from '@/shared/lab'
import { type Log, type LogState, useLog } from '@/shared/log'
import type { Fault, Run } from '@/shared/wire'

export type RunView = {
  run: Run | undefined
  fault: Fault | undefined // why there is no such run, or none for this person
  log: Log
  phase: LogState['phase']
}

export function useRun(id: string): RunView {
  const lab = useContext(LabContext)
  const fromLab = useLab((s) => s.runs.find((r) => r.id === id))
  const log = useLog(id)
  const run = useStore(log.state, (s) => s.run)
  const fault = useStore(log.state, (s) => s.fault)
  const phase = useStore(log.state, (s) => s.phase)
  useEffect(() => {
    if (run && phase === 'over') lab?.run(run)
  }, [lab, run, phase])
  return { run: newer(run, fromLab), fault, log, phase }
}

// newer joins what the room and the lab know: the room's end is the last word,
// before it the lab hears of changes first. Lists cut the command.
function newer(run: Run | undefined, fromLab: Run | undefined): Run | undefined {
  if (!run || !fromLab) return run ?? fromLab
  if (run.state === 'ended') return run
  return { ...fromLab, command: run.command }
}
