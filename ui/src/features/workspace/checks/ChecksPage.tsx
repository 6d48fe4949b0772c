// The editor of the lab's checks and saved commands.
import { Button } from '@mantine/core'
import { GitMerge } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Bar, FaultNote, PageHead, Skeleton, useLate, useTitle } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import { toast } from '@/shared/toast'
import { plural } from '@/shared/words'
import { Conflicts } from './Conflicts'
import css from './checks.module.css'
import { type Any, emptyCheck, newId, type Section } from './document'
import { EntryForm } from './EntryForm'
import { EntryList } from './EntryList'
import { useEditor } from './useEditor'

type Props = {
  command: string | undefined // to be saved
  edit: string | undefined // section.id of the entry that is open
  onEdit: (edit?: string) => void
}

export function ChecksPage({ command, edit, onEdit }: Props) {
  const editor = useEditor()
  const { content, edits, asked, mistakes } = editor
  const isLate = useLate(content === undefined && !editor.read.error)
  useTitle('Checks')

  const add = (section: Section, from = '') => {
    const entry: Any =
      section === 'checks'
        ? emptyCheck(from)
        : { id: newId(), label: from.trim().split('\n')[0]?.slice(0, 80) ?? '', command: from }
    editor.put(section, entry)
    onEdit(`${section}.${entry.id}`)
  }
  useNewCommand(command, content !== undefined, (c) => add('commands', c))

  const save = async () => {
    const ids = await editor.save()
    if (!ids) return
    const [section, id = ''] = edit?.split('.') ?? []
    const now = ids.get(id)
    if (now) onEdit(`${section}.${now}`)
    toast({ title: 'Checks saved', tone: 'ok' })
  }
  const remove = (section: Section, entry: Any) => {
    if (!content) return
    const before = content
    editor.remove(section, entry.id)
    onEdit()
    toast({
      title: `${entry.label || 'Entry'} removed`,
      text: 'It is gone for everyone once you save.',
      action: { label: 'Undo', run: () => editor.restore(before) },
    })
  }

  const [section, id] = (edit?.split('.') ?? []) as [Section | undefined, string | undefined]
  const open = section && (content?.[section] as Any[] | undefined)?.find((e) => e.id === id)
  const others = mistakes.get('')
  const isDirty = edits.size > 0
  return (
    <main className={css.page}>
      <PageHead
        up={{ to: '/', label: 'Benches' }}
        title="Checks and saved commands"
        className={css.head}
        acts={
          <>
            {isDirty ? (
              <Button variant="subtle" color="gray" onClick={editor.discard}>
                Discard
              </Button>
            ) : null}
            <Button
              variant="filled"
              disabled={!isDirty || editor.busy || asked.length > 0}
              onClick={save}
            >
              {editor.busy ? 'Saving' : isDirty ? `Save ${plural(edits.size, 'change')}` : 'Saved'}
            </Button>
          </>
        }
      />
      {editor.isJoined && asked.length === 0 ? (
        <Bar tone="accent" icon={<GitMerge size={16} aria-hidden />} title="Put together.">
          Somebody else saved meanwhile. Your changes and theirs are both here.
        </Bar>
      ) : null}
      {editor.fault ? (
        <FaultNote fault={editor.fault}>
          {others ? (
            <span>{[...others].map(([at, what]) => `${at}: ${what}`).join('. ')}</span>
          ) : null}
          {mistakes.size > 0 ? null : <Button onClick={save}>Try again</Button>}
        </FaultNote>
      ) : null}
      <Conflicts asked={asked} onChoose={editor.choose} />
      {editor.read.error && !content ? (
        <FaultNote fault={faultOf(editor.read.error)}>
          <Button onClick={() => editor.read.refetch()}>Try again</Button>
        </FaultNote>
      ) : null}
      {isLate ? (
        <div className={css.waits} aria-busy="true">
          <Skeleton width="40%" />
          <Skeleton width="60%" />
        </div>
      ) : null}
      {content ? (
        <div className={css.columns}>
          <EntryList
            content={content}
            edits={edits}
            mistakes={mistakes}
            open={open ? edit : undefined}
            onOpen={onEdit}
            onAdd={add}
          />
          {open && section ? (
            <EntryForm
              key={edit}
              section={section}
              entry={open}
              mistakes={mistakes.get(`${section}.${open.id}`)}
              onChange={(entry) => editor.put(section, entry)}
              onRemove={() => remove(section, open)}
              onMakeCheck={() => {
                const made = { ...emptyCheck(open.command), label: open.label }
                editor.put('checks', made)
                onEdit(`checks.${made.id}`)
              }}
            />
          ) : (
            <p className={css.hint}>
              Choose a check to change it. What you save here is there for everyone in the lab.
            </p>
          )}
        </div>
      ) : null}
    </main>
  )
}

// A command that came with the address becomes one new entry, once.
function useNewCommand(command: string | undefined, isReady: boolean, add: (c: string) => void) {
  const taken = useRef(false)
  useEffect(() => {
    if (!command || !isReady || taken.current) return
    taken.current = true
    add(command)
  })
}
