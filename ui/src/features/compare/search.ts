// What the address of a comparison says.
import { type Ignored, ignorable } from './ignore'

export type CompareSearch = {
  ignore?: string // of what is passed over; the usual when missing, `none` for nothing
  all?: boolean // equal lines are not folded
  from?: number // first line compared
  d?: number // the difference that is looked at
}

const usualIgnored: Ignored[] = ['times', 'pids']

export function parseCompare(s: Record<string, unknown>): CompareSearch {
  const found: CompareSearch = {}
  if (typeof s.ignore === 'string') found.ignore = words(ignoredOf({ ignore: s.ignore }))
  if (found.ignore === words(usualIgnored)) delete found.ignore
  if (s.all === true || s.all === 'true') found.all = true
  for (const name of ['from', 'd'] as const) {
    const n = Number(s[name])
    if (Number.isSafeInteger(n) && n > (name === 'from' ? 1 : 0)) found[name] = n
  }
  return found
}

export function ignoredOf({ ignore }: CompareSearch): Ignored[] {
  if (ignore === undefined) return usualIgnored
  const named = ignore.split(',')
  return ignorable.filter((one) => named.includes(one))
}

export function withIgnored(s: CompareSearch, ignored: Ignored[]): CompareSearch {
  const { ignore: _, ...others } = s
  const list = words(ignorable.filter((one) => ignored.includes(one)))
  return list === words(usualIgnored) ? others : { ...others, ignore: list }
}

const words = (ignored: Ignored[]) => ignored.join() || 'none'

// parsePair reads `a..b`; ids hold no dots.
export function parsePair(pair: string): { a: string; b: string } | undefined {
  const match = /^([a-z0-9-]{1,32})\.\.([a-z0-9-]{1,32})$/.exec(pair)
  return match ? { a: match[1]!, b: match[2]! } : undefined
}
