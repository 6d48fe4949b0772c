// What a comparison may pass over: parts of a line that differ in every run.
// Times and process ids count only in a line's head: the same digits further
// on are what the device said.
export const ignorable = ['times', 'pids', 'addresses'] as const
export type Ignored = (typeof ignorable)[number]
export type Range = [from: number, to: number]

// 11-21 10:13:58.123 with or without the year, 2026-11-21T10:13:58Z, 10:13:58,
// the kernel's [   12.345678] and [Sat Nov 21 10:13:58 2026].
const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`
const head = new RegExp(
  String.raw`^\s*\[?(?:(?:\d{4}-)?\d\d-\d\d[T ]${clock}(?:Z|[+-]\d\d:?\d\d)?|${clock}|\s*\d+\.\d{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d ${clock} \d{4})\]?`,
)
const threadtime = /^\s+(\d+\s+\d+)\s+[VDIWEFS]\s/ // pid and tid behind the time
const brief = /^[VDIWEF]\/[^(:]*(\(\s*\d+\)):/ // I/Tag( 1423):
const address = /\b0x[0-9a-fA-F]+\b/g

// ignoredIn is where a line holds what is passed over, in order.
export function ignoredIn(line: string, ignored: ReadonlySet<Ignored>): Range[] {
  const found: Range[] = []
  const time = head.exec(line)?.[0].length ?? 0
  if (time > 0 && ignored.has('times')) found.push([0, time])
  if (ignored.has('pids')) {
    const match = time > 0 ? threadtime.exec(line.slice(time)) : brief.exec(line)
    if (match?.[1]) {
      const from = time + match[0].indexOf(match[1])
      found.push([from, from + match[1].length])
    }
  }
  if (ignored.has('addresses') && line.includes('0x')) {
    for (const m of line.matchAll(address)) found.push([m.index, m.index + m[0].length])
  }
  return found
}

// keyOf is the line as it is compared.
export function keyOf(line: string, ignored: ReadonlySet<Ignored>): string {
  if (ignored.size === 0) return line
  const ranges = ignoredIn(line, ignored)
  if (ranges.length === 0) return line
  let key = ''
  let at = 0
  for (const [from, to] of ranges) {
    key += `${line.slice(at, from)}\u0000`
    at = to
  }
  return key + line.slice(at)
}
