// Background work: what is going on, what was, and a search through all runs.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { FaultNote, PageHead, Skeleton, useLate, useTitle } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import { useConnection } from '@/shared/socket'
import { count, time } from '@/shared/words'
import { JobCard } from './JobCard'
import { goesOn } from './jobs'
import css from './jobs.module.css'
import { SearchForm } from './SearchForm'
import { useJobs } from './useJobs'

// `open` is the job whose result is shown.
type Props = {
  open: string | undefined
  bench: string | undefined
  onOpen: (job: string | undefined) => void
}

export function JobsPage({ open, bench, onOpen }: Props) {
  const { jobs, read } = useJobs()
  const [again, setAgain] = useState<{ text: string; bench?: string; n: number }>()
  const asOf = useConnection((c) => c.asOf)
  const isLate = useLate(read.isPending)
  const running = jobs.filter(goesOn).length
  useTitle('Jobs')
  return (
    <>
      <PageHead title="Jobs">{running > 0 ? `${count(running)} running` : null}</PageHead>
      <main className={css.page}>
        <SearchForm
          key={again?.n ?? 0}
          bench={again?.bench ?? bench}
          again={again}
          onBegun={onOpen}
        />
        {read.error && jobs.length === 0 ? (
          <FaultNote fault={faultOf(read.error)}>
            <Button onClick={() => read.refetch()}>Try again</Button>
          </FaultNote>
        ) : null}
        <section aria-labelledby="jobs" aria-busy={read.isPending}>
          <h2 id="jobs">Of the last 24 hours {asOf ? <small>as of {time(asOf)}</small> : null}</h2>
          {isLate && jobs.length === 0
            ? ['44%', '60%', '38%'].map((width) => <Skeleton key={width} width={width} />)
            : null}
          {jobs.map((job) => (
            <JobCard
              key={job.id}
              job={job}
              isOpen={job.id === open}
              onOpen={(is) => onOpen(is ? job.id : undefined)}
              onAgain={(asked) => setAgain({ ...asked, n: (again?.n ?? 0) + 1 })}
            />
          ))}
          {read.isSuccess && jobs.length === 0 ? (
            <p className={css.none}>
              Nothing was begun. A job goes on when whoever began it leaves, and everybody sees it
              here.
            </p>
          ) : null}
        </section>
      </main>
    </>
  )
}
