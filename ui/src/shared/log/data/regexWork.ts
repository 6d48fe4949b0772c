// The work of the regular expressions' worker, free of any worker.
import type { Range } from '../lines'

export type RegexTask =
  | {
      want: 'lines'
      source: string
      flags: string
      text: string
      ends: Uint32Array
      from: number
      to: number
    }
  | { want: 'ranges'; source: string; flags: string; texts: string[] }

const rangesAtMost = 200

export function work(task: RegexTask): Uint16Array | Range[][] {
  const re = new RegExp(task.source, task.flags)
  if (task.want === 'ranges') return task.texts.map((text) => ranges(re, text))
  const out: number[] = []
  for (let i = task.from; i < task.to; i++) {
    re.lastIndex = 0
    const from = i === 0 ? 0 : task.ends[i - 1]! + 1
    if (re.test(task.text.slice(from, task.ends[i]))) out.push(i)
  }
  return Uint16Array.from(out)
}

function ranges(re: RegExp, text: string): Range[] {
  const out: Range[] = []
  re.lastIndex = 0
  while (out.length < rangesAtMost) {
    const found = re.exec(text)
    if (!found) break
    if (found[0] === '') re.lastIndex++
    else out.push([found.index, re.lastIndex])
  }
  return out
}
