// The document while it is edited: entries by section, what changed, and where
// the relay's mistakes belong.
import type { Check, Checks, Mistake, SavedCommand } from '@/shared/wire'
import { type Conflict, idFor, merge, same } from './merge'

export type Section = 'checks' | 'commands'
export type Any = Check | SavedCommand
export type Content = Pick<Checks, Section>
export type Asked = Conflict<Any> & { section: Section }

const sections: Section[] = ['checks', 'commands']

// An entry that is new has a name for the page only, until it is saved.
const isNew = (id: string) => id.startsWith('new-')
export const newId = () => `new-${crypto.randomUUID().slice(0, 8)}`

export const emptyCheck = (command = ''): Check => ({
  id: newId(),
  label: '',
  command,
  pattern: '',
  expect: {},
})

export const contentOf = (d: Checks): Content => ({ checks: d.checks, commands: d.commands })

export function put(content: Content, section: Section, entry: Any): Content {
  const before = content[section] as Any[]
  const at = before.findIndex((e) => e.id === entry.id)
  return { ...content, [section]: at < 0 ? [...before, entry] : before.with(at, entry) }
}

export const without = (content: Content, section: Section, id: string): Content => ({
  ...content,
  [section]: (content[section] as Any[]).filter((e) => e.id !== id),
})

// changed are the entries that differ from what was read, as section.id.
export function changed(base: Content, mine: Content): Set<string> {
  const found = new Set<string>()
  for (const section of sections) {
    const was = new Map((base[section] as Any[]).map((e) => [e.id, e]))
    for (const entry of mine[section] as Any[]) {
      if (!same(was.get(entry.id), entry)) found.add(`${section}.${entry.id}`)
      was.delete(entry.id)
    }
    for (const id of was.keys()) found.add(`${section}.${id}`)
  }
  return found
}

// named gives new entries their ids, made of their labels; `ids` tells which
// became which.
export function named(content: Content): { content: Content; ids: Map<string, string> } {
  const ids = new Map<string, string>()
  const name = <T extends Any>(entries: T[]): T[] => {
    const taken = new Set(entries.map((e) => e.id))
    return entries.map((e) => {
      if (!isNew(e.id)) return e
      const id = idFor(e.label, taken)
      taken.add(id)
      ids.set(e.id, id)
      return { ...e, id }
    })
  }
  return { content: { checks: name(content.checks), commands: name(content.commands) }, ids }
}

// renamed gives entries the ids that `ids` tells; the others keep theirs.
export function renamed(content: Content, ids: Map<string, string>): Content {
  const name = <T extends Any>(entries: T[]): T[] =>
    entries.map((e) => ({ ...e, id: ids.get(e.id) ?? e.id }))
  return { checks: name(content.checks), commands: name(content.commands) }
}

// joined puts together what was edited here and what another saved meanwhile.
export function joined(base: Content, mine: Content, theirs: Content) {
  const checks = merge<Any>(base.checks, mine.checks, theirs.checks)
  const commands = merge<Any>(base.commands, mine.commands, theirs.commands)
  const asked: Asked[] = [
    ...checks.conflicts.map((c) => ({ ...c, section: 'checks' as const })),
    ...commands.conflicts.map((c) => ({ ...c, section: 'commands' as const })),
  ]
  const content = { checks: checks.entries, commands: commands.entries } as Content
  return { content, asked }
}

// Mistakes by entry and field: section.id → field → what is wrong. What
// belongs to no entry stands under ''.
export type Mistakes = Map<string, Map<string, string>>

export function placed(mistakes: Mistake[], content: Content): Mistakes {
  const found: Mistakes = new Map()
  for (const { place, message } of mistakes) {
    const at = /^(checks|commands)\[(\d+)\]\.?([a-z_]*)/.exec(place)
    const section = at?.[1] as Section | undefined
    const entry = section ? (content[section] as Any[])[Number(at?.[2])] : undefined
    const key = section && entry ? `${section}.${entry.id}` : ''
    const fields = found.get(key) ?? new Map<string, string>()
    const field = entry ? (at?.[3] ?? '') : place
    fields.set(field, [fields.get(field), message].filter(Boolean).join('. '))
    found.set(key, fields)
  }
  return found
}
