import { Link } from '@tanstack/react-router'
import { goesOn } from '@/shared/lab'
import type { Log } from '@/shared/log'
import { FaultNote, Skeleton, useLate, Words } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import { useVerdict } from '@/shared/verdict'
import type { Run, Verdict } from '@/shared/wire'
import { plural, sentence } from '@/shared/words'
import css from './block.module.css'
import { LiveLog } from './LiveLog'
import { Output } from './Output'
import { useOutput } from './useOutput'

type Props = { run: Run; isFiller: boolean; onLog: (log: Log | undefined) => void }

export function BlockBody({ run, isFiller, onLog }: Props) {
  if (goesOn(run)) {
    return (
      <div className={isFiller ? css.live : `${css.live} ${css.short}`}>
        <LiveLog run={run} onLog={onLog} />
      </div>
    )
  }
  return (
    <>
      {run.fault ? <FaultLine run={run} /> : null}
      {run.check ? <CheckFacts run={run} /> : <Ended run={run} />}
    </>
  )
}

function Ended({ run }: { run: Run }) {
  const { data, isPending, error } = useOutput(run, true)
  const isLate = useLate(run.lines > 0 && isPending)
  if (run.outcome === 'refused') return null // why stands above; nothing ran
  if (run.lines === 0) return <p className={css.note}>The command printed nothing</p>
  if (error) return <FaultNote fault={faultOf(error)} />
  if (!data) return <div className={css.note}>{isLate ? <Skeleton width="50%" /> : null}</div>
  return (
    <>
      {data.before > 0 ? (
        <p className={css.note}>
          {plural(data.before, 'line')} before.{' '}
          <Link to="/r/$id" params={{ id: run.id }}>
            Open the whole log
          </Link>
        </p>
      ) : null}
      <Output rows={data.rows} />
    </>
  )
}

// What a check found, beside what it should have.
function CheckFacts({ run }: { run: Run }) {
  const { data, error, isPending } = useVerdict(run)
  const isLate = useLate(isPending)
  if (error) return <FaultNote fault={faultOf(error)} />
  if (!data) return <div className={css.note}>{isLate ? <Skeleton width="50%" /> : null}</div>
  return (
    <>
      <dl className={css.facts}>
        <div>
          <dt>Found</dt>
          <dd className={data.verdict === 'pass' ? css.good : css.bad}>
            {data.found || 'nothing'}
          </dd>
        </div>
        <div>
          <dt>Expected</dt>
          <dd>{data.expected || 'anything'}</dd>
        </div>
        <div className={css.grow}>
          <dt>Command</dt>
          <dd>{run.command}</dd>
        </div>
        {data.matched ? (
          <div>
            <dt>Matched{data.line ? `, line ${data.line}` : ''}</dt>
            <dd>
              <Matched verdict={data} />
            </dd>
          </div>
        ) : null}
      </dl>
      {data.reason && data.verdict !== 'pass' && !data.found ? (
        <p className={css.note}>{sentence(data.reason)}</p>
      ) : null}
      {data.verdict === 'pass' || run.lines === 0 ? null : <Ended run={run} />}
    </>
  )
}

const around = 200 // characters shown on each side of the value

function Matched({ verdict: v }: { verdict: Verdict }) {
  const text = v.matched ?? ''
  const begin = Math.max(0, v.from - around)
  return (
    <>
      {begin > 0 ? '…' : ''}
      {text.slice(begin, v.from)}
      <mark className={v.verdict === 'pass' ? css.passed : css.failed}>
        {text.slice(v.from, v.to)}
      </mark>
      {text.slice(v.to, v.to + around)}
    </>
  )
}

function FaultLine({ run }: { run: Run }) {
  return (
    <p className={css.note}>
      <b>
        <Words text={sentence(run.fault?.message ?? '')} />
      </b>{' '}
      <Words text={sentence(run.fault?.hint ?? '')} />
    </p>
  )
}
