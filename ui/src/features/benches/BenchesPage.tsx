// The benches of the lab: which are there, in which state, what to do about
// it, and what runs.
import { useMemo } from 'react'
import { goesOn, useLab } from '@/shared/lab'
import { useLate, useTitle } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Bench, Run } from '@/shared/wire'
import { plural } from '@/shared/words'
import { BenchCard } from './BenchCard'
import css from './benches.module.css'
import { CommandLine } from './CommandLine'
import { EmptyLab } from './EmptyLab'
import { SkeletonCard } from './SkeletonCard'

type Props = {
  on: string | undefined // bench/device that the command line is for
  onChoose: (on: string | undefined) => void
  onStarted: (run: Run) => void
}

export function BenchesPage({ on, onChoose, onStarted }: Props) {
  const { loaded, benches, runs, refused } = useLab((s) => s)
  const asOf = useConnection((c) => c.asOf)
  const isLate = useLate(!loaded)
  useTitle('Benches')
  const runsOf = useMemo(() => byBench(runs), [runs])
  const devices = benches.reduce((n, b) => n + (b.devices ?? []).length, 0)
  const running = runs.filter(goesOn).length
  const chosen = choose(on, benches)

  return (
    <>
      <header className={css.bar}>
        <h1>Benches</h1>
        {loaded ? (
          <span>
            {plural(devices, 'device')} · {running} running
          </span>
        ) : null}
      </header>
      <main className={css.page}>
        {refused ? <p>{refused}</p> : null}
        {isLate && !refused ? (
          <div className={css.cards} aria-busy="true">
            <SkeletonCard />
            <SkeletonCard />
            <SkeletonCard />
          </div>
        ) : null}
        {loaded && benches.length === 0 ? <EmptyLab /> : null}
        <div className={css.cards}>
          {benches.map((bench) => (
            <BenchCard
              key={bench.id}
              bench={bench}
              runs={runsOf.get(bench.id) ?? noRuns}
              asOf={asOf}
              chosen={chosen?.bench.id === bench.id ? chosen.device.id : undefined}
              onChoose={(device) => onChoose(`${bench.id}/${device.id}`)}
            />
          ))}
        </div>
      </main>
      {chosen ? (
        <CommandLine
          key={`${chosen.bench.id}/${chosen.device.id}`}
          bench={chosen.bench}
          device={chosen.device}
          onClose={() => onChoose(undefined)}
          onStarted={onStarted}
        />
      ) : null}
    </>
  )
}

const noRuns: Run[] = []

function byBench(runs: Run[]): Map<string, Run[]> {
  const found = new Map<string, Run[]>()
  for (const run of runs) found.set(run.bench, [...(found.get(run.bench) ?? []), run])
  return found
}

function choose(on: string | undefined, benches: Bench[]) {
  const [benchId, deviceId] = on?.split('/') ?? []
  const bench = benches.find((b) => b.id === benchId)
  const device = bench?.devices?.find((d) => d.id === deviceId)
  return bench && device ? { bench, device } : undefined
}
