import { Link } from '@tanstack/react-router'
import { goesOn, nameOf, useLab } from '@/shared/lab'
import { useNow } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import { ResultIcon } from '@/shared/verdict'
import type { Bench, Run } from '@/shared/wire'
import { ago, elapsed } from '@/shared/words'
import css from './frame.module.css'

const most = 12

// What this person started last: the way back to it.
export function YourRuns() {
  const me = useConnection((c) => c.user)
  const benches = useLab((s) => s.benches)
  const all = useLab((s) => s.runs)
  const runs = all.filter((r) => (r.by_id ?? r.by) === me?.id).slice(0, most)
  const now = useNow(runs.some(goesOn))
  if (runs.length === 0) return null
  return (
    <nav className={css.recent} aria-labelledby="your-runs">
      <h2 id="your-runs">Your runs</h2>
      {runs.map((run) => (
        <Link
          key={run.id}
          to="/r/$id"
          params={{ id: run.id }}
          className={css.runItem}
          activeProps={{ className: css.here }}
          title={run.command}
        >
          <ResultIcon run={run} />
          <span>
            <code>{run.check?.label ?? run.command.trim().split('\n')[0]}</code>
            <small>
              {deviceOf(run, benches)} ·{' '}
              {goesOn(run)
                ? elapsed(now - Date.parse(run.started_at ?? run.created_at))
                : ago(Date.parse(run.ended_at ?? run.created_at))}
            </small>
          </span>
        </Link>
      ))}
    </nav>
  )
}

function deviceOf(run: Run, benches: Bench[]): string {
  const device = benches.find((b) => b.id === run.bench)?.devices?.find((d) => d.id === run.device)
  return device ? nameOf(device) : run.device
}
