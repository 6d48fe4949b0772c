// What holds for the whole lab, for everybody.
import { Button } from '@mantine/core'
import { CircleCheck, GitMerge } from 'lucide-react'
import { Bar, FaultNote, PageHead, Skeleton, useLate, useTitle } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import css from './lab.module.css'
import { type Unreserved, useLabSettings } from './useLabSettings'

const choices: { value: Unreserved; label: string; text: string }[] = [
  {
    value: 'anyone',
    label: 'Anyone may use it',
    text: 'Commands run at once on a device that nobody has reserved. Who needs it undisturbed reserves it.',
  },
  {
    value: 'reserve',
    label: 'Reserve it first',
    text: 'A command on a device that nobody has reserved is refused, and says so with a button to reserve it. Watching stays free.',
  },
]

export function LabPage() {
  const { read, value, isTouched, busy, fault, said, save, choose } = useLabSettings()
  const isLate = useLate(read.isPending)
  useTitle('Lab settings')
  return (
    <>
      <PageHead title="Lab settings">
        <span className={css.where}>The same for everybody in the lab</span>
      </PageHead>
      <main className={css.page}>
        {said === 'moved' ? (
          <Bar tone="warn" icon={<GitMerge size={16} aria-hidden />} title="Not saved.">
            Somebody else changed it meanwhile. This is how it stands now.
          </Bar>
        ) : null}
        {fault ? (
          <FaultNote fault={fault}>
            <Button onClick={save}>Try again</Button>
          </FaultNote>
        ) : null}
        {read.error && !read.data ? (
          <FaultNote fault={faultOf(read.error)}>
            <Button onClick={() => read.refetch()}>Try again</Button>
          </FaultNote>
        ) : null}
        {isLate ? (
          <div aria-busy="true">
            <Skeleton width="40%" />
            <Skeleton width="60%" />
          </div>
        ) : null}
        {value ? (
          <form
            onSubmit={(e) => {
              e.preventDefault()
              save()
            }}
          >
            <fieldset className={css.choices}>
              <legend>A device that nobody has reserved</legend>
              {choices.map((one) => (
                <label key={one.value}>
                  <input
                    type="radio"
                    name="unreserved"
                    value={one.value}
                    checked={value === one.value}
                    onChange={() => choose(one.value)}
                  />
                  <span>
                    <b>{one.label}</b>
                    {one.text}
                  </span>
                </label>
              ))}
            </fieldset>
            <div className={css.acts}>
              <Button type="submit" variant="filled" disabled={!isTouched || busy}>
                {busy ? 'Saving' : 'Save for everybody'}
              </Button>
              <span role="status">
                {said === 'saved' ? (
                  <>
                    <CircleCheck size={14} aria-hidden /> Saved. It holds from now on; what runs
                    goes on.
                  </>
                ) : null}
              </span>
            </div>
          </form>
        ) : null}
      </main>
    </>
  )
}
