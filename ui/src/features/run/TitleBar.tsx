import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, Link as LinkIcon, RotateCw, Square, SquareTerminal } from 'lucide-react'
import { useState } from 'react'
import { goesOn, useStart } from '@/shared/lab'
import { CopyButton, FaultNote, RunTag, Skeleton } from '@/shared/parts'
import { RequestError, useConnection, useSocket } from '@/shared/socket'
import type { Fault, Run } from '@/shared/wire'
import css from './run.module.css'

type Props = { id: string; run: Run | undefined; isLate: boolean; onStarted: (run: Run) => void }

export function TitleBar({ id, run, isLate, onStarted }: Props) {
  const navigate = useNavigate()
  const again = useStart(onStarted)
  const cancel = useCancel(id)
  const isConnected = useConnection((c) => c.phase === 'connected')
  const isOn = run !== undefined && goesOn(run)
  const fault = again.fault ?? cancel.fault
  return (
    <>
      <header className={css.title}>
        <nav aria-label="Where">
          <Link to="/">Benches</Link>
          <ChevronRight size={14} aria-hidden />
        </nav>
        {run ? <RunTag run={run} /> : isLate ? <Skeleton width={80} /> : null}
        <h1 title={run?.command}>{run?.command.trim().split('\n')[0] ?? (isLate ? '' : id)}</h1>
        <div className={css.acts}>
          {isOn ? (
            <Button
              className={css.danger}
              leftSection={<Square size={14} aria-hidden />}
              disabled={cancel.busy || !isConnected}
              onClick={cancel.cancel}
            >
              {cancel.busy ? 'Cancelling' : 'Cancel run'}
            </Button>
          ) : null}
          {run ? (
            <>
              <Button
                variant={isOn ? 'default' : 'filled'}
                leftSection={<RotateCw size={14} aria-hidden />}
                disabled={again.busy || !isConnected}
                onClick={() => again.start(orderOf(run))}
              >
                Run again
              </Button>
              <Button
                onClick={() => navigate({ to: '/', search: { on: `${run.bench}/${run.device}` } })}
                leftSection={<SquareTerminal size={14} aria-hidden />}
                className={css.wide}
              >
                New command
              </Button>
            </>
          ) : null}
          <CopyButton
            text={linkTo(id)}
            icon={<LinkIcon size={14} aria-hidden />}
            className={css.wide}
          >
            Copy link
          </CopyButton>
        </div>
      </header>
      {fault ? <FaultNote fault={fault} /> : null}
    </>
  )
}

const linkTo = (id: string) => `${location.origin}/r/${id}`

const orderOf = (run: Run) => ({
  bench: run.bench,
  device: run.device,
  command: run.command,
  timeout_s: run.timeout_s || 600,
})

function useCancel(id: string) {
  const socket = useSocket()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const cancel = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await socket.request('run.cancel', { id })
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      if (e.fault.code !== 'run_ended') setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }
  return { cancel, busy, fault }
}
