// One result: its head with what was run and how it ended, its output below.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Maximize2, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { goesOn, useCancel, wholeCommand } from '@/shared/lab'
import type { Log } from '@/shared/log'
import { FaultNote, runSign, useNow } from '@/shared/parts'
import { ResultIcon } from '@/shared/verdict'
import type { Bench, Device, Run } from '@/shared/wire'
import { duration, elapsed, plural } from '@/shared/words'
import { BlockBody } from './BlockBody'
import { BlockMenu } from './BlockMenu'
import css from './block.module.css'
import { firstLine, moreLines, tookMs } from './blocks'
import { LiveLines } from './LiveLog'
import { Peek } from './Peek'
import { RefusalActs } from './reservation/RefusalActs'
import { useLaunch } from './useLaunch'
import { VerdictTag } from './VerdictTag'

type Props = {
  run: Run
  bench: Bench
  device: Device
  isOpen: boolean
  isNewest: boolean
  isFiller: boolean // takes the room that is left
  onFold: (isOpen: boolean) => void
}

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

export function Block({ run, bench, device, isOpen, isNewest, isFiller, onFold }: Props) {
  const isOn = goesOn(run)
  const now = useNow(isOn)
  const [log, setLog] = useState<Log>() // while it goes on and is open
  const again = useLaunch(bench, device)
  const cancel = useCancel(run.id)
  const fault = again.fault ?? cancel.fault
  const label = run.check?.label ?? firstLine(run.command)
  const runAgain = async () => {
    if (run.check) return again.check(run.check.id)
    if (run.act) return again.act(run.act, run.command, run.timeout_s)
    await again.order({ command: await wholeCommand(run), timeout_s: run.timeout_s || 600 })
  }
  const look = `${css.block} ${isOn ? css.on : ''} ${isFiller && isOpen ? css.filler : ''}`
  return (
    <article
      className={look}
      aria-label={label}
      data-run={run.id}
      data-first={isNewest || run.check ? '' : undefined}
    >
      <div className={css.head}>
        <button
          type="button"
          className={css.fold}
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Fold' : 'Unfold'} ${label}`}
          onClick={() => onFold(!isOpen)}
        >
          {isOpen ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
        </button>
        <ResultIcon run={run} />
        {run.check ? <b>{run.check.label}</b> : <Command command={run.command} />}
        {run.check ? <VerdictTag run={run} /> : null}
        {!isOpen && !run.check ? <Peek run={run} /> : <span className={css.space} />}
        <Facts run={run} now={now} log={log} />
        {isOn ? (
          <Button className={css.danger} size="xs" disabled={cancel.busy} onClick={cancel.cancel}>
            {cancel.busy ? 'Cancelling' : 'Cancel run'}
          </Button>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            className={css.again}
            leftSection={<RotateCw {...icon} />}
            disabled={again.busy}
            onClick={runAgain}
          >
            Run again
          </Button>
        )}
        {isOn ? (
          <Button
            size="xs"
            className={css.wide}
            component={Link}
            {...({ to: '/r/$id', params: { id: run.id } } as object)}
            leftSection={<Maximize2 {...icon} />}
          >
            Open
          </Button>
        ) : null}
        <BlockMenu run={run} onAgain={runAgain} />
      </div>
      {fault ? (
        <FaultNote fault={fault}>
          <RefusalActs
            fault={fault}
            bench={bench}
            device={device}
            does={again.fault ? 'run' : 'cancel'}
            onRetry={again.fault ? runAgain : cancel.cancel}
            onDone={again.fault ? again.forget : cancel.forget}
          />
        </FaultNote>
      ) : null}
      {isOpen ? <BlockBody run={run} isFiller={isFiller} onLog={setLog} /> : null}
    </article>
  )
}

function Command({ command }: { command: string }) {
  const more = moreLines(command)
  return (
    <code className={css.command} title={command.slice(0, 2000)}>
      {firstLine(command)}
      {more > 0 ? <small> +{plural(more, 'line')}</small> : null}
    </code>
  )
}

function Facts({ run, now, log }: { run: Run; now: number; log: Log | undefined }) {
  if (goesOn(run)) {
    return (
      <>
        <LiveLines run={run} log={log} />
        <span className={`${css.fact} ${css.accent}`}>{elapsed(tookMs(run, now))}</span>
      </>
    )
  }
  const sign = runSign(run)
  const isExit = run.outcome === 'exited'
  const isBad = sign.tone === 'danger' || sign.tone === 'warn'
  return (
    <>
      <span className={`${css.fact} ${isBad ? css[sign.tone] : ''}`}>
        {isExit ? `exit ${run.exit_code}` : sign.word}
      </span>
      <span className={css.fact}>{run.started_at ? duration(tookMs(run, now)) : ''}</span>
    </>
  )
}
