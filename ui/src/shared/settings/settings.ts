// A person's settings: kept in this browser at once, sent to the relay in the
// background. Tabs and browsers merge field by field: what this page changed
// last stands, everything else is taken as it comes.
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { storage } from '@/shared/storage'
import { names, readSettings, type Settings, usual } from './fields'

const key = 'settings'

// What is kept: the settings, whose they are, and which fields the relay does
// not know yet.
type Kept = { by: string; settings: Partial<Settings>; unsent: (keyof Settings)[] }

const parse = (v: unknown): Kept => {
  const from = Object(v) as Record<string, unknown>
  return {
    by: typeof from.by === 'string' ? from.by : '',
    settings: readSettings(from.settings),
    unsent: names.filter((name) => Array.isArray(from.unsent) && from.unsent.includes(name)),
  }
}
const read = () => storage.read(key, parse, { by: '', settings: {}, unsent: [] })

export const settings = createStore<Settings>(() => ({ ...usual, ...read().settings }))

export const useSettings = <T>(select: (s: Settings) => T): T => useStore(settings, select)

const listeners = new Set<() => void>()

export function changeSettings(change: Partial<Settings>): void {
  const kept = read()
  const changed = Object.keys(change) as (keyof Settings)[]
  storage.write(key, {
    ...kept,
    settings: { ...kept.settings, ...change },
    unsent: [...new Set([...kept.unsent, ...changed])],
  })
  settings.setState(change)
  for (const heard of listeners) heard()
}

// What of the settings leaves this browser; the sync beside this file uses it.
export const local = {
  unsent(): Partial<Settings> {
    const kept = read()
    return Object.fromEntries(kept.unsent.map((name) => [name, kept.settings[name]]))
  },
  // take brings in what the relay knows; what it does not know yet stands.
  // Another person's unsent changes are not this one's.
  take(by: string, remote: unknown, sent: Partial<Settings> = {}): void {
    const kept = read()
    const isOwn = kept.by === '' || kept.by === by
    const unsent = isOwn ? kept.unsent.filter((name) => !same(sent[name], kept.settings[name])) : []
    const own = Object.fromEntries(unsent.map((name) => [name, kept.settings[name]]))
    const next = { ...readSettings(remote), ...own }
    storage.write(key, { by, settings: next, unsent })
    settings.setState({ ...usual, ...next })
  },
  whenChanged(heard: () => void): () => void {
    listeners.add(heard)
    return () => listeners.delete(heard)
  },
  // follow takes over what other tabs change.
  follow(): () => void {
    return storage.watch(key, () => settings.setState({ ...usual, ...read().settings }))
  },
}

const same = (a: unknown, b: unknown) => a !== undefined && JSON.stringify(a) === JSON.stringify(b)
