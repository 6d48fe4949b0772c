// Reads both runs and aligns them, away from the page. A new order gives up the
// one before it.
import { align } from './align'
import { type Ignored, keyOf } from './ignore'
import { similarity } from './pair'
import { lineOf, ReadError, read, type Side } from './read'
import type { Order, Word } from './words'

const alignWithin = 10_000
const sayEvery = 100

let sides: { of: string; a: Side; b: Side } | undefined
let turn = 0
let said = 0

const say = (word: Word) => postMessage(word)

addEventListener('message', async ({ data }: MessageEvent<Order>) => {
  const mine = ++turn
  const of = `${data.a} ${data.b} ${data.from}`
  try {
    if (sides?.of !== of) {
      const counts = [0, 0]
      const reader = (side: 0 | 1) => (lines: number) => {
        counts[side] = lines
        if (mine === turn && isTime()) say({ kind: 'reading', lines: counts[0]! + counts[1]! })
      }
      const [a, b] = await Promise.all([
        read(data.a, data.from, reader(0)),
        read(data.b, data.from, reader(1)),
      ])
      if (mine !== turn) return
      sides = { of, a, b }
      say({ kind: 'sides', a, b })
    }
    const { a, b } = sides
    const { keysA, keysB } = keys(a, b, new Set(data.ignored))
    const similar = similarity(
      (i) => lineOf(a, i),
      (j) => lineOf(b, j),
    )
    const rows = align(keysA, keysB, similar, {
      until: Date.now() + alignWithin,
      now: Date.now,
      progress: (part) => isTime() && say({ kind: 'aligning', part }),
    })
    say({ kind: 'rows', rows })
  } catch (e) {
    if (mine !== turn) return
    if (!(e instanceof ReadError)) throw e
    say({ kind: 'fault', fault: e.fault })
  }
})

// Equal lines get equal numbers.
function keys(a: Side, b: Side, ignored: ReadonlySet<Ignored>) {
  const numbers = new Map<string, number>()
  const of = (side: Side) =>
    Int32Array.from(side.ends, (_, i) => {
      const key = keyOf(lineOf(side, i), ignored)
      let n = numbers.get(key)
      if (n === undefined) {
        n = numbers.size
        numbers.set(key, n)
      }
      return n
    })
  return { keysA: of(a), keysB: of(b) }
}

function isTime(): boolean {
  const now = performance.now()
  if (now - said < sayEvery) return false
  said = now
  return true
}
