// What the address of the list of runs says, what the relay is asked for it,
// and whether a run that comes in live belongs to it.
import type { Run } from '@/shared/wire'

export type RunsSearch = {
  q?: string // in command, check's label or id
  bench?: string
  device?: string
  state?: string
  outcome?: string
  by?: string
  since?: string // 1h, 2d, or a moment
  check?: string
}

export const states = ['running', 'accepted', 'claimed', 'unknown'] as const
export const outcomes = ['exited', 'timed_out', 'cancelled', 'lost', 'refused', 'unknown'] as const
export const spans = ['1h', '8h', '1d', '2d', '7d', '30d'] as const

const longest = 200 // characters of a field
const span = /^(\d{1,4})([mhd])$/
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const names = ['q', 'bench', 'device', 'state', 'outcome', 'by', 'since', 'check'] as const

export function parseRuns(s: Record<string, unknown>): RunsSearch {
  const found: RunsSearch = {}
  for (const name of names) {
    const value = s[name]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const text = String(value).slice(0, longest)
    if (text !== '' && isKnown(name, text)) found[name] = text
  }
  return found
}

function isKnown(name: string, text: string): boolean {
  if (name === 'state') return text === 'ended' || (states as readonly string[]).includes(text)
  if (name === 'outcome') return (outcomes as readonly string[]).includes(text)
  if (name === 'since') return span.test(text) || !Number.isNaN(Date.parse(text))
  return true
}

// beginOf is the moment that `since` means; to the minute, so that the same
// list is the same question for a while.
export function beginOf(since: string | undefined, now: number): number | undefined {
  if (!since) return undefined
  const match = span.exec(since)
  if (!match) return Date.parse(since)
  const at = now - Number(match[1]) * units[match[2] as keyof typeof units]
  return Math.floor(at / 60_000) * 60_000
}

// paramsOf is the relay's query.
export function paramsOf(s: RunsSearch, begin: number | undefined): URLSearchParams {
  const params = new URLSearchParams()
  if (s.q) params.set('text', s.q)
  for (const name of ['bench', 'device', 'state', 'outcome', 'by', 'check'] as const) {
    if (s[name]) params.set(name, s[name])
  }
  if (begin !== undefined) params.set('since', new Date(begin).toISOString())
  return params
}

export function matches(run: Run, s: RunsSearch, begin: number | undefined): boolean {
  if (s.bench && run.bench !== s.bench) return false
  if (s.device && run.device !== s.device) return false
  if (s.state && run.state !== s.state) return false
  if (s.outcome && run.outcome !== s.outcome) return false
  if (s.by && run.by.toLowerCase() !== s.by.toLowerCase()) return false
  if (s.check && run.check?.id !== s.check) return false
  if (begin !== undefined && Date.parse(run.created_at) < begin) return false
  if (!s.q) return true
  const text = `${run.command}\n${run.check?.label ?? ''}\n${run.id}`.toLowerCase()
  return text.includes(s.q.toLowerCase())
}

export const isFiltered = (s: RunsSearch) => names.some((name) => s[name] !== undefined)
