import { Button } from '@mantine/core'
import { CircleAlert, ListChecks, Plus, Star } from 'lucide-react'
import { Hidden } from '@/shared/parts'
import css from './checks.module.css'
import type { Any, Content, Mistakes, Section } from './document'
import { expectation } from './expectation'

type Props = {
  content: Content
  edits: Set<string>
  mistakes: Mistakes
  open: string | undefined
  onOpen: (edit: string) => void
  onAdd: (section: Section) => void
}

export function EntryList(p: Props) {
  return (
    <div className={css.lists}>
      <List {...p} section="checks" title="Checks" add="Add a check" />
      <List {...p} section="commands" title="Saved commands" add="Add a command" />
    </div>
  )
}

function List({
  section,
  title,
  add,
  content,
  edits,
  mistakes,
  open,
  onOpen,
  onAdd,
}: Props & { section: Section; title: string; add: string }) {
  const entries = content[section] as Any[]
  return (
    <section aria-label={title} className={css.section}>
      <div className={css.sectionHead}>
        {section === 'checks' ? (
          <ListChecks size={16} aria-hidden />
        ) : (
          <Star size={16} aria-hidden />
        )}
        <h2>{title}</h2>
        <span className={css.space} />
        <Button
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => onAdd(section)}
        >
          {add}
        </Button>
      </div>
      {entries.length === 0 ? <p className={css.none}>None yet.</p> : null}
      <ul>
        {entries.map((entry) => {
          const key = `${section}.${entry.id}`
          return (
            <li key={key}>
              <button
                type="button"
                aria-current={key === open ? 'true' : undefined}
                onClick={() => onOpen(key)}
              >
                <b>{entry.label || 'Without a name'}</b>
                {mistakes.has(key) ? (
                  <CircleAlert
                    size={14}
                    role="img"
                    aria-label="Has a mistake"
                    className={css.bad}
                  />
                ) : null}
                {edits.has(key) ? (
                  <span className={css.changed}>
                    changed<Hidden>, not saved</Hidden>
                  </span>
                ) : null}
                <code>{entry.command.split('\n')[0]}</code>
                {'expect' in entry ? <small>{about(entry)}</small> : null}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function about(entry: Extract<Any, { pattern: string }>): string {
  const what = entry.pattern ? expectation(entry.expect ?? {}) : 'exit code 0'
  const models = entry.models?.length ? `, on ${entry.models.join(', ')}` : ''
  return `Expects ${what}${models}`
}
