import { Link } from '@tanstack/react-router'
import { goesOn } from '@/shared/lab'
import { Hidden, SignIcon, Skeleton } from '@/shared/parts'
import { useSign } from '@/shared/verdict'
import { count, duration, plural, sentence, time } from '@/shared/words'
import css from './compare.module.css'
import type { RunDoc } from './useRunDoc'

type Props = { side: 'A' | 'B'; id: string; doc: RunDoc }

// What one side is: its run in two lines.
export function SideHead({ side, id, doc: { run, fault } }: Props) {
  return (
    <section className={css.head} aria-label={`Run ${side}`}>
      <b className={side === 'A' ? css.badgeA : css.badgeB}>
        <Hidden>Run </Hidden>
        {side}
      </b>
      {run ? (
        <Facts run={run} />
      ) : (
        <div className={css.facts}>
          {fault ? <p className={css.gone}>{sentence(fault.message)}</p> : <Skeleton width={160} />}
          <p>
            <code>{id}</code>
          </p>
        </div>
      )}
      {run ? (
        <Link to="/r/$id" params={{ id }} className={css.open}>
          Open run<Hidden> {side}</Hidden>
        </Link>
      ) : null}
    </section>
  )
}

type R = NonNullable<RunDoc['run']>

function Facts({ run }: { run: R }) {
  const sign = useSign(run)
  return (
    <div className={css.facts}>
      <div>
        <SignIcon sign={sign} />
        <h2 title={run.command}>{run.check?.label ?? run.command.trim().split('\n')[0]}</h2>
        <span>
          {run.device} on {run.bench}
        </span>
      </div>
      <p>{factsOf(run, sign.word)}</p>
    </div>
  )
}

function factsOf(run: R, word: string): string {
  const started = Date.parse(run.started_at ?? run.created_at)
  const facts = [word]
  if (run.ended_at) facts.push(duration(Date.parse(run.ended_at) - started))
  if (!goesOn(run)) facts.push(plural(run.lines, 'line'))
  else if (run.lines) facts.push(`${count(run.lines)} lines so far`)
  facts.push(`${time(started)}${run.by ? ` by ${run.by}` : ''}`)
  return facts.join(' · ')
}
