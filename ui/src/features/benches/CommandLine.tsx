// The command line for one device. What is refused stays typed, and says that
// it was not sent.
import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { ChevronRight, CornerDownLeft, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useStart } from '@/shared/lab'
import { FaultNote } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Bench, Device, Run } from '@/shared/wire'
import css from './command.module.css'

type Props = {
  bench: Bench
  device: Device
  onClose: () => void
  onStarted: (run: Run) => void
}

const timeouts = [
  { value: '60', label: '1 min' },
  { value: '600', label: '10 min' },
  { value: '3600', label: '1 h' },
  { value: '86400', label: '24 h' },
]

export function CommandLine({ bench, device, onClose, onStarted }: Props) {
  const [command, setCommand] = useState('')
  const [timeout, setTimeout] = useState('600')
  const { start, busy, fault, forget } = useStart(onStarted)
  const isConnected = useConnection((c) => c.phase === 'connected')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])

  const run = () => {
    if (!command.trim() || busy) return
    start({ bench: bench.id, device: device.id, command, timeout_s: Number(timeout) })
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'Enter' && !e.shiftKey) {
      e.preventDefault()
      run()
    }
    if (e.key === 'Escape') onClose()
  }

  return (
    <section className={css.dock} aria-label={`Run a command on ${device.id}`}>
      {fault ? (
        <FaultNote fault={{ ...fault, hint: notSent(fault) }}>
          <Button onClick={run}>Try again</Button>
        </FaultNote>
      ) : null}
      <div className={css.line}>
        <span className={css.prompt}>
          {device.id} <span>on {bench.name || bench.id}</span>
          <ChevronRight size={14} aria-hidden />
        </span>
        <textarea
          ref={field}
          className={css.field}
          aria-label="Command"
          placeholder="getprop ro.build.fingerprint"
          rows={Math.min(8, command.split('\n').length)}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={command}
          onChange={(e) => {
            setCommand(e.currentTarget.value)
            forget()
          }}
          onKeyDown={onKeyDown}
        />
        {fault || !isConnected ? <span className={css.notSent}>Not sent</span> : null}
        <NativeSelect
          aria-label="May run for"
          className={css.timeout}
          data={timeouts}
          value={timeout}
          onChange={(e) => setTimeout(e.currentTarget.value)}
        />
        <Button
          variant="filled"
          disabled={!command.trim() || busy || !isConnected}
          rightSection={<CornerDownLeft size={14} aria-hidden />}
          onClick={run}
        >
          Run
        </Button>
        <ActionIcon aria-label="Close the command line" onClick={onClose}>
          <X size={16} strokeWidth={1.75} />
        </ActionIcon>
      </div>
    </section>
  )
}

// notSent adds to a refusal what became of the command.
function notSent(fault: { code: string; hint?: string }): string {
  if (fault.code === 'no_answer' || fault.code === 'not_connected') return fault.hint ?? ''
  return `The command was not started and will not run later. ${fault.hint ?? ''}`.trim()
}
