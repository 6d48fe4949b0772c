// Where one types: the command line, or a script in its editor; above it what
// was refused, why, and what to do.
import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useDraft, writeDraft } from '@/shared/drafts'
import { isReady } from '@/shared/lab'
import { FaultNote } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Bench, Device, Fault } from '@/shared/wire'
import { sentence } from '@/shared/words'
import { CommandLine } from './CommandLine'
import css from './command.module.css'
import { RefusalActs } from './reservation/RefusalActs'
import { useLaunch } from './useLaunch'

const ScriptEditor = lazy(() => import('./ScriptEditor'))

type Props = { bench: Bench; device: Device }

export function CommandDock({ bench, device }: Props) {
  const on = `${bench.id}/${device.id}`
  const [line, setLine] = useDraft(`command.${on}`)
  const [script, setScript] = useDraft(`script.${on}`)
  // A script of before stands there again; only who asks for it gets the focus.
  const [isScript, setIsScript] = useState(script !== '')
  const [isAsked, setIsAsked] = useState(false)
  const [pasted, setPasted] = useState('')
  const [asked, setAsked] = useState('') // what was sent last, and may have been refused
  const isConnected = useConnection((c) => c.phase === 'connected')
  const launch = useLaunch(bench, device, () => {
    if (isScript) {
      setScript('')
      setIsScript(false)
    } else setLine('')
  })
  const text = isScript ? script : line
  const run = (command: string) => {
    if (!command.trim() || launch.busy) return
    setAsked(command)
    launch.order({ command })
  }
  const edit = (body: string) => {
    writeDraft(`script.${on}`, body)
    setScript(body)
    setIsScript(true)
    setIsAsked(true)
    setPasted('')
  }
  const change = (next: string) => {
    launch.forget()
    if (isScript) setScript(next)
    else setLine(next)
  }
  const isRefused = launch.fault !== undefined && asked === text
  const isNotSent = isRefused || (!isConnected && text !== '')
  return (
    <section className={css.dock} aria-label={`Run a command on ${device.id}`}>
      {launch.fault ? (
        <FaultNote fault={{ ...launch.fault, hint: notSent(launch.fault) }}>
          <RefusalActs
            fault={launch.fault}
            bench={bench}
            device={device}
            onRetry={() => run(text)}
            onDone={launch.forget}
          />
        </FaultNote>
      ) : (
        <Why bench={bench} device={device} isConnected={isConnected} />
      )}
      {pasted ? (
        <div className={css.strip} role="status">
          <span>{pasted.trim().split('\n').length} lines do not fit a command line.</span>
          <Button size="xs" onClick={() => edit(script ? `${script}\n${pasted}` : pasted)}>
            Edit as script
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setPasted('')}>
            Dismiss
          </Button>
        </div>
      ) : null}
      {isScript ? (
        <Suspense fallback={<div className={css.opening}>Opening the editor</div>}>
          <ScriptEditor
            device={device}
            text={script}
            hasFocus={isAsked}
            isBusy={launch.busy}
            isNotSent={isNotSent}
            onChange={change}
            onRun={() => run(script)}
            onClose={() => setIsScript(false)}
          />
        </Suspense>
      ) : (
        <CommandLine
          device={device}
          text={line}
          isBusy={launch.busy}
          isNotSent={isNotSent}
          hasScript={script !== ''}
          onChange={change}
          onRun={run}
          onScript={(body) => edit(body || script)}
          onPaste={setPasted}
        />
      )}
    </section>
  )
}

// Why a command may not start at present, before one is typed.
function Why({ bench, device, isConnected }: Props & { isConnected: boolean }) {
  if (!isConnected) return null // the bar above the page says it
  if (bench.state === 'offline') {
    return (
      <p className={css.why}>
        <b>
          <bdi>{bench.name || bench.id}</bdi> is offline.
        </b>{' '}
        {bench.reason ? sentence(bench.reason) : 'Check its power and network.'} Nothing is sent or
        kept for later.
      </p>
    )
  }
  if (isReady(device)) return null
  return (
    <p className={css.why}>
      <b>{device.state}.</b> {sentence(device.hint || device.reason)}
    </p>
  )
}

// notSent adds to a refusal what became of the command.
function notSent(fault: Fault): string {
  if (fault.code === 'no_answer') return fault.hint ?? ''
  const what = 'The command was not sent and will not run later.'
  if (fault.code === 'not_connected') return what
  return `${what} ${sentence(fault.hint ?? '')}`.trim()
}
