// The log of a run that goes on, inside its block.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { emptyLog, type Log, type LogHandle, LogView, openLog } from '@/shared/log'
import { useSocket } from '@/shared/socket'
import type { Run } from '@/shared/wire'

export function LiveLog({ run }: { run: Run }) {
  const socket = useSocket()
  const scheme = useComputedColorScheme('light')
  const [log, setLog] = useState<Log>(emptyLog)
  const [line, setLine] = useState<number>()
  const handle = useRef<LogHandle>({ pane: undefined })
  useEffect(() => {
    const opened = openLog(socket, run.id)
    setLog(opened)
    return () => opened.close()
  }, [socket, run.id])
  return (
    <LogView
      log={log}
      scheme={scheme}
      time="clock"
      start={Date.parse(run.started_at ?? run.created_at)}
      selected={line}
      onSelect={setLine}
      handle={handle}
      note="No line yet"
    />
  )
}
