// What the browser keeps for this page. Storage that is full or forbidden never
// throws: what cannot be kept is kept in memory, for as long as the page lives,
// and `trouble` says so once. It knows keys and JSON, and nothing of what they
// mean.
import { createStore } from 'zustand/vanilla'

type Trouble = '' | 'full' | 'disabled'

// What reads a value: a function, or a schema of zod. Throwing, or giving
// undefined, means that what is kept is not to be used.
type Parse<T> = ((value: unknown) => T | undefined) | { parse(value: unknown): T }

const prefix = 'farbench.'
const memory = new Map<string, string>()

// Set when the first write fails; a page shows a quiet note.
export const trouble = createStore<{ trouble: Trouble }>(() => ({ trouble: '' }))

function read<T>(key: string, parse: Parse<T>, fallback: T): T {
  const text = raw(key)
  if (text === undefined) return fallback
  try {
    const value: unknown = JSON.parse(text)
    return (typeof parse === 'function' ? parse(value) : parse.parse(value)) ?? fallback
  } catch {
    return fallback // another version wrote it, or somebody else
  }
}

// write says whether the value will survive this page.
function write(key: string, value: unknown): boolean {
  const text = JSON.stringify(value)
  try {
    localStorage.setItem(prefix + key, text)
    memory.delete(key)
    return true
  } catch (e) {
    memory.set(key, text)
    trouble.setState({ trouble: isFull(e) ? 'full' : 'disabled' })
    return false
  }
}

function remove(key: string): void {
  memory.delete(key)
  try {
    localStorage.removeItem(prefix + key)
  } catch {
    // It was never kept.
  }
}

// keys gives the keys that begin so.
function keys(start: string): string[] {
  const found = new Set([...memory.keys()].filter((key) => key.startsWith(start)))
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i)
      if (key?.startsWith(prefix + start)) found.add(key.slice(prefix.length))
    }
  } catch {
    // Memory is all there is.
  }
  return [...found]
}

// watch calls when another tab changed the key.
function watch(key: string, changed: () => void): () => void {
  const heard = (e: StorageEvent) => {
    if (e.key === prefix + key || e.key === null) changed()
  }
  addEventListener('storage', heard)
  return () => removeEventListener('storage', heard)
}

function raw(key: string): string | undefined {
  const held = memory.get(key) // newer than what could not be replaced
  if (held !== undefined) return held
  try {
    return localStorage.getItem(prefix + key) ?? undefined
  } catch {
    return undefined
  }
}

const isFull = (e: unknown) =>
  e instanceof DOMException &&
  (e.name === 'QuotaExceededError' || e.name === 'NS_ERROR_DOM_QUOTA_REACHED')

export const storage = { read, write, remove, keys, watch }
