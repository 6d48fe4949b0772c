// What a search or a text filter looks for. A literal is found here, at once; a
// regular expression only in a worker of its own, which can be ended: some
// take longer than anybody lives.
import type { Range } from '../lines'
import { place } from './fault'
import type { RegexRunner } from './regex'
import type { Segment } from './segment'
import type { Picks } from './sieve'

export interface Seeker {
  // lines says which of [from, to) hold it; the segment has its text.
  lines(segment: Segment, from: number, to: number): Picks | Promise<Picks>
  ranges(texts: string[]): Range[][] | Promise<Range[][]>
  close(): void
}

type Sought = { text: string; isRegex: boolean; matchCase: boolean }

export const rangesAtMost = 200 // in one line

// seekerOf throws what is wrong with the expression, in words.
export function seekerOf(sought: Sought, runner: () => RegexRunner): Seeker {
  const flags = sought.matchCase ? 'g' : 'gi'
  if (!sought.isRegex) return new Literal(sought.text, flags)
  try {
    new RegExp(sought.text, flags)
  } catch (e) {
    throw new Error(place(sought.text, e))
  }
  return new Regex(sought.text, flags, runner())
}

class Literal implements Seeker {
  readonly #re: RegExp
  readonly #length: number

  constructor(text: string, flags: string) {
    this.#re = new RegExp(text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), flags)
    this.#length = text.length
  }

  lines(segment: Segment, from: number, to: number): Picks {
    const re = this.#re
    const out: number[] = []
    if (!segment.isSealed) {
      for (let i = from; i < to; i++) {
        re.lastIndex = 0
        if (re.test(segment.textOf(i))) out.push(i)
      }
      return out
    }
    // No line holds a line end, so nothing is found across two.
    const { text, ends } = segment.whole()
    re.lastIndex = from === 0 ? 0 : ends[from - 1]! + 1
    let line = from
    while (re.test(text)) {
      const at = re.lastIndex - this.#length
      while (line < to && ends[line]! < at) line++
      if (line >= to) break
      out.push(line)
      re.lastIndex = ends[line]! + 1
      line++
    }
    return out
  }

  ranges(texts: string[]): Range[][] {
    return texts.map((text) => {
      const out: Range[] = []
      this.#re.lastIndex = 0
      while (out.length < rangesAtMost && this.#re.test(text))
        out.push([this.#re.lastIndex - this.#length, this.#re.lastIndex])
      return out
    })
  }

  close(): void {}
}

class Regex implements Seeker {
  readonly #source: string
  readonly #flags: string
  readonly #runner: RegexRunner

  constructor(source: string, flags: string, runner: RegexRunner) {
    this.#source = source
    this.#flags = flags
    this.#runner = runner
  }

  lines(segment: Segment, from: number, to: number): Promise<Picks> {
    const { text, ends } = segment.whole()
    const { first } = segment
    return this.#runner.ask(
      { want: 'lines', source: this.#source, flags: this.#flags, text, ends, from, to },
      `lines ${first + from} to ${first + to - 1}`,
    )
  }

  ranges(texts: string[]): Promise<Range[][]> {
    return this.#runner.ask(
      { want: 'ranges', source: this.#source, flags: this.#flags, texts },
      'the lines shown',
    )
  }

  close(): void {
    this.#runner.close()
  }
}
