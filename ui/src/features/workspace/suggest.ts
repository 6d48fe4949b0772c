// What the command line offers: saved commands with a star, then one's own
// earlier ones, newest first.
import type { Check, PastCommand, SavedCommand } from '@/shared/wire'

export type Suggestion = {
  command: string
  saved: string // its label where the lab saved it
  times: number
  lastAt: number | undefined
}

const most = 50

// suggestions are commands that hold every word of the text, each once. What
// begins with the text comes before what merely holds it.
export function suggestions(
  text: string,
  past: PastCommand[],
  saved: (SavedCommand | Check)[],
): Suggestion[] {
  const all = new Map<string, Suggestion>()
  for (const { command, label } of saved) {
    const key = command.trim()
    if (key) all.set(key, { command, saved: label, times: 0, lastAt: undefined })
  }
  for (const { command, cut, times, last_at } of past) {
    if (cut) continue // only its beginning is known: it would run something else
    const before = all.get(command.trim())
    const lastAt = Date.parse(last_at) || undefined
    if (before) Object.assign(before, { times, lastAt })
    else all.set(command.trim(), { command, saved: '', times, lastAt })
  }
  const wanted = text.trim().toLowerCase()
  const words = wanted.split(/\s+/).filter(Boolean)
  const found = [...all.values()].filter(({ command, saved: label }) => {
    const both = `${command} ${label}`.toLowerCase()
    return words.every((word) => both.includes(word))
  })
  const rank = (s: Suggestion) => (s.command.toLowerCase().startsWith(wanted) ? 0 : 1)
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, most)
}

// ghost is what Tab would add to the text, shown behind it.
export function ghost(text: string, best: Suggestion | undefined): string {
  if (!best || text === '' || text.includes('\n') || best.command.includes('\n')) return ''
  return best.command.startsWith(text) ? best.command.slice(text.length) : ''
}

// marked splits a command at the first place of the text, to be shown bold.
export function marked(command: string, text: string): [string, string, string] {
  const line = command.trim().replaceAll(/\s*\n\s*/g, ' ↵ ')
  const wanted = text.trim()
  const at = wanted ? line.toLowerCase().indexOf(wanted.toLowerCase()) : -1
  if (at < 0) return [line, '', '']
  return [line.slice(0, at), line.slice(at, at + wanted.length), line.slice(at + wanted.length)]
}
