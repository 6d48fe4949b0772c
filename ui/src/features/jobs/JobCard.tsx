// One job: what it is, who began it, how far it is, what came of it.
import { Button } from '@mantine/core'
import { Ban, CircleCheck, CircleSlash, CircleX, Unplug } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { confirm } from '@/shared/confirm'
import { useLab } from '@/shared/lab'
import { FaultNote, Ring, useNow } from '@/shared/parts'
import { Avatar, useMe } from '@/shared/people'
import { RequestError, useSocket } from '@/shared/socket'
import type { Fault, Job, SearchRequest, User } from '@/shared/wire'
import { duration, elapsed, legible, sentence, time } from '@/shared/words'
import { Hits } from './Hits'
import { askedOf, foundBy, goesOn, progressOf, summary, words } from './jobs'
import css from './jobs.module.css'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const signs: Record<Job['state'], ReactNode> = {
  running: <Ring />,
  done: <CircleCheck {...icon} />,
  failed: <CircleX {...icon} />,
  cancelled: <CircleSlash {...icon} />,
  lost: <Unplug {...icon} />,
}

type Props = {
  job: Job
  isOpen: boolean
  onOpen: (is: boolean) => void
  onAgain: (asked: SearchRequest) => void
}

export function JobCard({ job, isOpen, onOpen, onAgain }: Props) {
  const id = useId()
  const { cancel, busy, fault } = useCancelJob(job)
  const found = foundBy(job)
  const asked = askedOf(job)
  const isOn = goesOn(job)
  return (
    <article className={css.job} data-job={job.id} data-state={job.state} aria-labelledby={id}>
      <header>
        <span className={css[job.state]} role="status">
          {signs[job.state] ?? <Ban {...icon} />}
          {words[job.state] ?? job.state}
        </span>
        <h3 id={id}>
          <bdi>{legible(job.title)}</bdi>
        </h3>
        {isOn ? (
          <Button className={css.danger} disabled={busy} onClick={cancel}>
            {job.kind === 'search' ? 'Cancel search' : 'Cancel job'}
          </Button>
        ) : asked ? (
          <Button variant="subtle" color="gray" onClick={() => onAgain(asked)}>
            Search again
          </Button>
        ) : null}
      </header>
      <JobFacts job={job} />
      {isOn ? <Progress job={job} label={id} /> : null}
      {fault ? <FaultNote fault={fault} /> : null}
      {job.fault ? (
        <p className={css.why}>
          <b>{sentence(legible(job.fault.message))}</b>{' '}
          {job.fault.hint ? sentence(legible(job.fault.hint)) : null}
        </p>
      ) : null}
      {found ? (
        <div className={css.found}>
          {found.hits.length > 0 ? (
            <Button
              variant="subtle"
              size="xs"
              aria-expanded={isOpen}
              onClick={() => onOpen(!isOpen)}
            >
              {isOpen ? 'Hide' : 'Show'} {summary(found)}
            </Button>
          ) : (
            <span>{summary(found)}</span>
          )}
          {found.more ? <span>There may be more: ask for a longer text.</span> : null}
          {found.bad > 0 ? <span>{found.bad} could not be read.</span> : null}
        </div>
      ) : null}
      {found && isOpen ? <Hits hits={found.hits} text={asked?.text ?? ''} /> : null}
    </article>
  )
}

function JobFacts({ job }: { job: Job }) {
  const me = useMe()?.id
  const benches = useLab((s) => s.benches)
  const now = useNow(goesOn(job))
  const started = Date.parse(job.started_at)
  const bench = /^bench:(.*)$/.exec(job.room)?.[1]
  const ended = job.ended_at ? Date.parse(job.ended_at) : undefined
  const by = job.ended_by
  const nameOf = (who: User) => (who.id === me ? 'you' : legible(who.name) || who.id)
  const took = ended === undefined ? elapsed(now - started) : duration(ended - started)
  const stopped =
    !goesOn(job) && job.state !== 'done' && job.of > 0 ? `ended at ${progressOf(job).text}` : ''
  return (
    <p className={css.facts}>
      <Avatar who={job.by} />
      <span>
        {[
          `begun by ${nameOf(job.by)}`,
          bench ? `of ${benches.find((b) => b.id === bench)?.name ?? bench}` : 'of the whole lab',
          time(started),
          took,
          stopped,
          by && job.state === 'cancelled' ? `cancelled by ${nameOf(by)}` : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </p>
  )
}

function Progress({ job, label }: { job: Job; label: string }) {
  const { text, percent } = progressOf(job)
  return (
    <div className={css.progress}>
      <div
        role="progressbar"
        aria-labelledby={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
        tabIndex={-1}
      >
        <i style={{ width: `${percent ?? 0}%` }} />
      </div>
      <span aria-hidden>{text}</span>
    </div>
  )
}

// What somebody else began is asked about first.
function useCancelJob(job: Job) {
  const socket = useSocket()
  const me = useMe()?.id
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const cancel = async () => {
    const name = legible(job.by.name) || job.by.id
    const isSure =
      job.by.id === me ||
      (await confirm({
        title: `Cancel what ${name} began?`,
        text: `${legible(job.title)} ends for everybody, with what was found so far lost.`,
        does: 'Cancel the job',
        safe: 'Let it go on',
        isDanger: true,
      }))
    if (!isSure) return
    setBusy(true)
    setFault(undefined)
    try {
      await socket.request('job.cancel', { id: job.id })
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }
  return { cancel, busy, fault: goesOn(job) ? fault : undefined }
}
