// A check tried on a text in the browser, before it is saved. The relay alone
// decides a run's verdict; its patterns are RE2, of which nearly everything
// means the same here.
import type { Expect } from '@/shared/wire'

export type Tried =
  | { is: 'fault'; message: string }
  | { is: 'none' } // no line matches
  | {
      is: 'found'
      line: number
      matched: string
      from: number
      to: number
      value: string
      passes: boolean
    }

const longest = 4096 // characters of a line
const most = 10_000 // lines

export function tryOn(pattern: string, expect: Expect, text: string): Tried {
  let regex: RegExp
  try {
    regex = inJS(pattern)
  } catch (e) {
    return {
      is: 'fault',
      message: (e as Error).message.replace(/^Invalid regular expression: /, ''),
    }
  }
  if (!/\(\?P?<[A-Za-z_]/.test(pattern)) {
    return {
      is: 'fault',
      message: 'The pattern has no named group, as in version=(?<version>\\S+)',
    }
  }
  const lines = text.split('\n').slice(0, most)
  for (const [i, line] of lines.entries()) {
    const found = regex.exec(line.replace(/\r$/, '').slice(0, longest))
    if (!found) continue
    const name = Object.keys(found.groups ?? {})[0] ?? ''
    const value = found.groups?.[name] ?? ''
    const [from, to] = found.indices?.groups?.[name] ?? [0, 0]
    const at = found.index
    return {
      is: 'found',
      line: i + 1,
      matched: found[0],
      from: from - at,
      to: to - at,
      value,
      passes: isExpected(value, expect),
    }
  }
  return { is: 'none' }
}

// inJS writes an RE2 pattern as JavaScript does.
export function inJS(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  const body = (flags ? pattern.slice(flags[0].length) : pattern).replaceAll('(?P<', '(?<')
  return new RegExp(body, `d${[...new Set(flags?.[1] ?? '')].join('')}`)
}

export function isExpected(value: string, expect: Expect): boolean {
  if (expect.is !== undefined) return value === expect.is
  if (expect.not !== undefined) return value !== expect.not
  if (expect.below !== undefined) return isNumber(value) && Number(value) < expect.below
  if (expect.above !== undefined) return isNumber(value) && Number(value) > expect.above
  if (expect.matches !== undefined) {
    try {
      return inJS(expect.matches).test(value)
    } catch {
      return false
    }
  }
  return true
}

const isNumber = (value: string) => value.trim() !== '' && Number.isFinite(Number(value))

// What is expected, in words.
export function expectation(expect: Expect): string {
  if (expect.is !== undefined) return expect.is
  if (expect.not !== undefined) return `not ${expect.not}`
  if (expect.below !== undefined) return `below ${expect.below}`
  if (expect.above !== undefined) return `above ${expect.above}`
  if (expect.matches !== undefined) return `matches ${expect.matches}`
  return 'anything'
}
