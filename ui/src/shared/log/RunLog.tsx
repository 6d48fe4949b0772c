// A run's log by its id, for a place inside of another page.
import { useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useSettings } from '@/shared/settings'
import { useSocket } from '@/shared/socket'
import { arrivals } from './arrivals'
import { type Chosen, LogView } from './LogView'
import { emptyLog, type Log } from './log'
import { openLog } from './open'
import { rowHeight } from './rowHeight'

type Props = {
  run: string // its id
  isCompact?: boolean
  start?: number // what relative times count from, unix ms
  note?: string // what stands there while there are no lines
  onLog?: (log: Log | undefined) => void // for what is told around it
}

export function RunLog({ run, isCompact = false, start = 0, note, onLog }: Props) {
  const log = useLog(run)
  useEffect(() => {
    onLog?.(log)
    return () => onLog?.(undefined)
  }, [log, onLog])
  const scheme = useComputedColorScheme('light')
  const density = useSettings((s) => s.density)
  const time = useSettings((s) => s.time)
  const mayWrap = useSettings((s) => s.wrap)
  const isPhone = useMediaQuery('(width < 50em)', false, { getInitialValueInEffect: false })
  const [chosen, setChosen] = useState<Chosen>()
  return (
    <LogView
      log={log}
      scheme={scheme}
      time={time}
      start={start}
      lineHeight={rowHeight(density)}
      isWrapped={mayWrap || isPhone}
      isCompact={isCompact}
      chosen={chosen}
      onChoose={(line) =>
        setChosen(line === undefined ? undefined : { from: line, to: line, cursor: line })
      }
      note={note}
    />
  )
}

// useLog opens a run's log for as long as the component is there.
export function useLog(run: string): Log {
  const socket = useSocket()
  const [log, setLog] = useState<Log>(emptyLog)
  useEffect(() => {
    const opened = openLog(socket, run)
    setLog(opened)
    const leave = arrivals.add(opened)
    return () => {
      leave()
      opened.close()
    }
  }, [socket, run])
  return log
}
