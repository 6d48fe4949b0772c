// Two tabs changed the same entry: both versions side by side, and a choice.
import { Button } from '@mantine/core'
import type { Expect } from '@/shared/wire'
import css from './checks.module.css'
import type { Any, Asked } from './document'
import { expectation } from './expectation'
import { same } from './merge'

type Props = { asked: Asked[]; onChoose: (asked: Asked, chosen: Any | undefined) => void }

export function Conflicts({ asked, onChoose }: Props) {
  if (asked.length === 0) return null
  return (
    <section className={css.conflicts} aria-label="Changed by somebody else too">
      <h2>Somebody else changed the same, and saved first</h2>
      <p>Nothing is lost: choose what stays, then save.</p>
      {asked.map((one) => (
        <article key={`${one.section}.${one.id}`} aria-label={one.mine?.label ?? one.theirs?.label}>
          <Version title="Mine" entry={one.mine} other={one.theirs}>
            <Button onClick={() => onChoose(one, one.mine)}>
              {one.mine ? 'Keep mine' : 'Remove it'}
            </Button>
          </Version>
          <Version title="Theirs" entry={one.theirs} other={one.mine}>
            <Button onClick={() => onChoose(one, one.theirs)}>
              {one.theirs ? 'Take theirs' : 'Leave it removed'}
            </Button>
          </Version>
        </article>
      ))}
    </section>
  )
}

type VersionProps = {
  title: string
  entry: Any | undefined
  other: Any | undefined
  children: React.ReactNode
}

function Version({ title, entry, other, children }: VersionProps) {
  const fields = entry ? Object.entries(entry).filter(([name]) => name !== 'id') : []
  return (
    <div>
      <h3>{title}</h3>
      {entry ? (
        <dl>
          {fields.map(([name, value]) => {
            const isOther =
              other && !same(value, Object.entries(other).find(([n]) => n === name)?.[1])
            return (
              <div key={name} className={isOther ? css.differs : undefined}>
                <dt>
                  {isOther ? '≠ ' : ''}
                  {names[name] ?? name}
                </dt>
                <dd>{shown(name, value)}</dd>
              </div>
            )
          })}
        </dl>
      ) : (
        <p>Removed</p>
      )}
      {children}
    </div>
  )
}

function shown(name: string, value: unknown): string {
  if (name === 'expect') return expectation(value as Expect)
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

const names: Record<string, string> = {
  label: 'Name',
  command: 'Command',
  pattern: 'Pattern',
  expect: 'Expected',
  models: 'Models',
  timeout_s: 'May take, s',
}
