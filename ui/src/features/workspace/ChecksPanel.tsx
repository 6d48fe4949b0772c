// The lab's checks for this device: what each found last, and running them.
import { ActionIcon, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  CircleCheck,
  CircleDashed,
  CircleQuestionMark,
  CircleX,
  SlidersHorizontal,
} from 'lucide-react'
import { useState } from 'react'
import { goesOn, startRun } from '@/shared/lab'
import { useActions } from '@/shared/palette'
import { FaultNote, Hidden, Ring, Skeleton, useLate } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import { RequestError, useSocket } from '@/shared/socket'
import { toast } from '@/shared/toast'
import { useVerdict, verdictWords } from '@/shared/verdict'
import type { Bench, Check, Device, Run, Verdict } from '@/shared/wire'
import { time } from '@/shared/words'
import { appliesTo, useChecks } from './checks/useChecks'
import css from './side.module.css'
import { useLastRun } from './useLastRun'

type Props = { bench: Bench; device: Device; blocks: Run[] }

export function ChecksPanel({ bench, device, blocks }: Props) {
  const { data, error, isPending, refetch } = useChecks()
  const isLate = useLate(isPending)
  const { run, busy } = useRunCheck(bench, device)
  const mine = (data?.checks ?? []).filter((c) => appliesTo(c, device.model))
  const runAll = async () => {
    for (const check of mine) if (!(await run(check))) return
  }
  useActions(
    'Checks',
    mine.map((check) => ({
      id: `check-${check.id}`,
      label: `Run ${check.label}`,
      words: check.command,
      run: () => run(check),
    })),
  )
  return (
    <section className={css.panel} aria-label="Checks">
      <div className={css.head}>
        <h2>Checks</h2>
        <span className={css.space} />
        {mine.length > 1 ? (
          <Button variant="subtle" color="gray" size="xs" disabled={busy !== ''} onClick={runAll}>
            Run all
          </Button>
        ) : null}
        <ActionIcon component={Link} {...({ to: '/checks' } as object)} aria-label="Edit checks">
          <SlidersHorizontal size={16} strokeWidth={1.75} />
        </ActionIcon>
      </div>
      {error ? (
        <FaultNote fault={faultOf(error)}>
          <Button onClick={() => refetch()}>Try again</Button>
        </FaultNote>
      ) : null}
      {isLate ? (
        <div className={css.waits}>
          <Skeleton width="60%" />
          <Skeleton width="40%" />
        </div>
      ) : null}
      {data && mine.length === 0 ? (
        <p className={css.none}>
          {data.checks.length > 0 ? `No check is for ${device.model}. ` : 'No check yet. '}
          <Link to="/checks">Add a check</Link>
        </p>
      ) : null}
      <ul className={css.checks}>
        {mine.map((check) => (
          <Row
            key={check.id}
            check={check}
            bench={bench}
            device={device}
            blocks={blocks}
            isBusy={busy === check.id}
            onRun={() => run(check)}
          />
        ))}
      </ul>
    </section>
  )
}

type RowProps = Props & { check: Check; isBusy: boolean; onRun: () => void }

function Row({ check, bench, device, blocks, isBusy, onRun }: RowProps) {
  const run = useLastRun(check.id, bench.id, device.id, blocks)
  const { data } = useVerdict(run)
  const isOn = isBusy || (run !== undefined && goesOn(run))
  return (
    <li data-check={check.id}>
      <Icon isOn={isOn} run={run} verdict={data} />
      <div>
        <b>{check.label}</b>
        <small className={isBad(data) && !isOn ? css.bad : undefined} aria-live="polite">
          {isOn ? 'Running' : said(run, data)}
        </small>
      </div>
      <Button size="xs" disabled={isOn} onClick={onRun}>
        Run<Hidden> {check.label}</Hidden>
      </Button>
    </li>
  )
}

const isBad = (v: Verdict | undefined) => v?.verdict === 'fail' || v?.verdict === 'no_match'

function said(run: Run | undefined, v: Verdict | undefined): string {
  if (!run) return 'Not run yet'
  if (!v) return ' '
  if (v.verdict === 'pass')
    return `${v.found || 'Passed'} · ${time(Date.parse(run.ended_at ?? ''))}`
  return verdictWords(v)
}

const stroke = { size: 16, strokeWidth: 1.75 } as const

function Icon({
  isOn,
  run,
  verdict,
}: {
  isOn: boolean
  run: Run | undefined
  verdict: Verdict | undefined
}) {
  if (isOn) return <Ring />
  if (!run || !verdict) return <CircleDashed {...stroke} className={css.quiet} aria-hidden />
  if (verdict.verdict === 'pass')
    return <CircleCheck {...stroke} className={css.ok} role="img" aria-label="Passed" />
  if (isBad(verdict))
    return <CircleX {...stroke} className={css.bad} role="img" aria-label="Failed" />
  return <CircleQuestionMark {...stroke} className={css.warn} role="img" aria-label="Not known" />
}

// Refusals of a check are said where they are seen, also from a drawer.
function useRunCheck(bench: Bench, device: Device) {
  const socket = useSocket()
  const [busy, setBusy] = useState('')
  const run = async (check: Check): Promise<boolean> => {
    setBusy(check.id)
    try {
      await startRun(socket, { bench: bench.id, device: device.id, check: check.id })
      return true
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      toast({
        title: `${check.label} was not started`,
        text: [e.fault.message, e.fault.hint].filter(Boolean).join('. '),
        tone: 'danger',
        action: { label: 'Try again', run: () => void run(check) },
      })
      return false
    } finally {
      setBusy('')
    }
  }
  return { run, busy }
}
