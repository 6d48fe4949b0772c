// What the address of a run says beside its id: lines, search, filters. Whoever
// opens it sees what its sender saw.
import { type Level, levels } from '@/shared/log/levels' // alone: routes read addresses before the log is loaded

type LineRange = { from: number; to: number }
export type TextFilter = {
  text: string
  isRegex: boolean
  matchCase: boolean
  isInverse: boolean
}
export type View = {
  lines?: LineRange | undefined
  search: { text: string; isRegex: boolean; matchCase: boolean }
  hidden: Level[]
  stream?: 'out' | 'err' | undefined
  filter: TextFilter
}

// Params are the address's; those that say the usual are left out.
export type Params = {
  L?: number | string // 12 or 12-40
  q?: string
  re?: 1
  cs?: 1
  hide?: string // letters of levels
  s?: 'out' | 'err'
  x?: string
  xre?: 1
  xcs?: 1
  not?: 1
}

const letters: Record<Level, string> = {
  plain: 'p',
  ok: 'k',
  debug: 'd',
  info: 'i',
  warn: 'w',
  error: 'e',
  fatal: 'f',
  system: 's',
}
const longest = 1000 // characters of a pattern in an address

// paramsOf takes from an address what reads and leaves the rest.
export function paramsOf(s: Record<string, unknown>): Params {
  const out: Params = {}
  const lines = readLines(s.L)
  if (lines) out.L = writeLines(lines)
  const q = textOf(s.q)
  if (q) out.q = q
  const hide = typeof s.hide === 'string' ? levelsOf(s.hide) : []
  if (hide.length > 0) out.hide = hide.map((l) => letters[l]).join('')
  if (s.s === 'out' || s.s === 'err') out.s = s.s
  const x = textOf(s.x)
  if (x) out.x = x
  for (const flag of ['re', 'cs', 'xre', 'xcs', 'not'] as const)
    if (String(s[flag]) === '1') out[flag] = 1
  return out
}

export function viewOf(p: Params): View {
  return {
    lines: readLines(p.L),
    search: { text: p.q ?? '', isRegex: p.re === 1, matchCase: p.cs === 1 },
    hidden: levelsOf(p.hide ?? ''),
    stream: p.s,
    filter: {
      text: p.x ?? '',
      isRegex: p.xre === 1,
      matchCase: p.xcs === 1,
      isInverse: p.not === 1,
    },
  }
}

export function paramsFrom({ lines, search, hidden, stream, filter }: View): Params {
  return paramsOf({
    ...(lines ? { L: writeLines(lines) } : {}),
    ...(search.text ? { q: search.text, re: +search.isRegex, cs: +search.matchCase } : {}),
    hide: hidden.map((l) => letters[l]).join(''),
    s: stream,
    ...(filter.text
      ? {
          x: filter.text,
          xre: +filter.isRegex,
          xcs: +filter.matchCase,
          not: +filter.isInverse,
        }
      : {}),
  })
}

function readLines(v: unknown): LineRange | undefined {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(String(v))
  if (!match) return undefined
  const from = Number(match[1])
  const to = Number(match[2] ?? match[1])
  if (from < 1 || to < 1) return undefined
  return { from: Math.min(from, to), to: Math.max(from, to) }
}

const writeLines = ({ from, to }: LineRange) => (from === to ? from : `${from}-${to}`)

const levelsOf = (s: string): Level[] => levels.filter((l) => s.includes(letters[l]))

// A number in an address is a text that was typed.
function textOf(v: unknown): string {
  if (typeof v !== 'string' && typeof v !== 'number') return ''
  return String(v).slice(0, longest)
}

// linkOf is the whole address, as one sends it.
export function linkOf(id: string, view: View): string {
  const url = new URL(`/r/${id}`, location.origin)
  for (const [name, value] of Object.entries(paramsFrom(view))) {
    // As the router reads it: a text that looks like a number is quoted.
    const isNumeric = typeof value === 'string' && name !== 'L' && isJSON(value)
    url.searchParams.set(name, isNumeric ? JSON.stringify(value) : String(value))
  }
  return url.href
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
