import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { goesOn } from '@/shared/lab'
import { type Log, useCounts } from '@/shared/log'
import { Skeleton, useNow } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Run } from '@/shared/wire'
import { bytes, count, duration, elapsed, time } from '@/shared/words'
import { CheckFact } from './CheckFact'
import css from './run.module.css'
import { useRate } from './useRate'

type Props = { id: string; run: Run | undefined; log: Log; isLive: boolean }

// One row of facts.
export function Facts({ id, run, log, isLive }: Props) {
  const isOn = run !== undefined && goesOn(run)
  const asOf = useConnection((c) => c.asOf)
  const clock = useNow(isOn)
  const now = asOf ?? clock
  const counts = useCounts(log)
  const rate = useRate(log, isLive)
  if (!run) {
    return (
      <dl className={css.facts} aria-busy="true">
        <Fact name="Device">
          <Skeleton width={96} />
        </Fact>
      </dl>
    )
  }
  const started = run.started_at ? Date.parse(run.started_at) : undefined
  const ended = run.ended_at ? Date.parse(run.ended_at) : undefined
  const total = isOn ? Math.max(counts.lines, run.lines) : run.lines
  return (
    <dl className={css.facts}>
      <Fact name="Device">
        <Link to="/b/$bench/$device" params={{ bench: run.bench, device: run.device }}>
          {run.device}
        </Link>{' '}
        on {run.bench}
      </Fact>
      <Fact name="Exit code">
        {run.exit_code === undefined ? (
          <span className={css.dim}>{isOn ? 'none yet' : 'none'}</span>
        ) : (
          <span className={run.exit_code === 0 ? '' : css.bad}>{run.exit_code}</span>
        )}
      </Fact>
      <Fact name="Duration" isLong>
        {started === undefined
          ? '–'
          : isOn
            ? elapsed(now - started)
            : duration((ended ?? now) - started)}
      </Fact>
      <Fact name="Started">{started === undefined ? '–' : time(started)}</Fact>
      {ended !== undefined ? <Fact name="Ended">{time(ended)}</Fact> : null}
      {run.by ? <Fact name="By">{run.by}</Fact> : null}
      <Fact name="Lines">{count(total)}</Fact>
      {run.bytes > 0 ? <Fact name="Size">{bytes(run.bytes)}</Fact> : null}
      {run.check ? (
        <Fact name="Check">
          <CheckFact run={run} />
        </Fact>
      ) : null}
      <Fact name="Run">
        <code title={id}>{id.length > 12 ? `${id.slice(0, 11)}…` : id}</code>
      </Fact>
      {isOn && !asOf ? (
        <Fact name="Rate now" isLast>
          {count(rate)} lines/s
        </Fact>
      ) : null}
    </dl>
  )
}

type FactProps = { name: string; children: ReactNode; isLong?: boolean; isLast?: boolean }

function Fact({ name, children, isLong, isLast }: FactProps) {
  return (
    <div className={`${isLong ? css.long : ''} ${isLast ? css.last : ''}`}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
