// What is the matter with a run, and what one can do: bars over its log.
import { CircleX, Hourglass, TriangleAlert, Unplug } from 'lucide-react'
import { goesOn } from '@/shared/lab'
import { Bar, Words } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import { sentence, time } from '@/shared/words'
import type { RunView } from './useRun'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

export function Notices({ run, phase }: { run: Run | undefined; phase: RunView['phase'] }) {
  if (!run) return null
  const isDown = goesOn(run) && run.link !== undefined && run.link !== '' && run.link !== 'up'
  return (
    <>
      {run.fault ? (
        <Bar
          tone={run.outcome === 'cancelled' ? 'accent' : 'danger'}
          icon={<CircleX {...icon} />}
          title={sentence(run.fault.message)}
        >
          <Words text={sentence(run.fault.hint ?? '')} />
        </Bar>
      ) : null}
      {run.state === 'unknown' ? (
        <Bar
          tone="warn"
          icon={<TriangleAlert {...icon} />}
          title={`No word from ${run.bench}${since(run)}.`}
        >
          Whether it ran is settled as soon as the bench answers.
        </Bar>
      ) : null}
      {isDown ? (
        <Bar tone="warn" icon={<Unplug {...icon} />} title={`${run.bench} is ${run.link}.`}>
          The run goes on there; its lines come when it is back.
        </Bar>
      ) : null}
      {phase === 'behind' ? (
        <Bar tone="accent" icon={<Hourglass {...icon} />} title="Catching up.">
          This page fell behind; nothing is missing.
        </Bar>
      ) : null}
      {run.state === 'ended' && run.kept_from !== undefined && run.kept_from > 1 ? (
        <Bar
          tone="warn"
          icon={<TriangleAlert {...icon} />}
          title="The first lines are no longer kept."
        />
      ) : null}
    </>
  )
}

const since = (run: Run) =>
  run.unknown_since ? ` since ${time(Date.parse(run.unknown_since))}` : ''
