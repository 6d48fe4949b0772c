// Within a stretch that differs: which line of A became which line of B.
const cells = 10_000 // pairs that are weighed; a longer stretch is paired in order
const enough = 0.5

// similarity of line a and line b of a stretch that differs, 0 to 1; -1: never a pair
export type Similar = (a: number, b: number) => number
type Pair = [a: number, b: number] // -1: absent

export function pair(
  a0: number,
  a1: number,
  b0: number,
  b1: number,
  similar: Similar | undefined,
): Pair[] {
  const [n, m] = [a1 - a0, b1 - b0]
  if (n === 0 || m === 0 || !similar || n * m > cells) return inOrder(a0, a1, b0, b1)
  // One line that became another is a change, however little they share.
  if (n === 1 && m === 1 && similar(a0, b0) >= 0) return [[a0, b0]]
  // best[i][j]: the most similarity from line i of A and line j of B on.
  const width = m + 1
  const best = new Float64Array((n + 1) * width)
  const alike = new Float64Array(n * m)
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const s = similar(a0 + i, b0 + j)
      const taken = s >= enough ? s : -1
      alike[i * m + j] = taken
      const skip = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!)
      best[i * width + j] =
        taken < 0 ? skip : Math.max(skip, taken + best[(i + 1) * width + j + 1]!)
    }
  }
  const found: Pair[] = []
  let [i, j] = [0, 0]
  let waiting: Pair[] = [] // lines of B alone come after those of A alone
  const flush = () => {
    found.push(...waiting)
    waiting = []
  }
  while (i < n && j < m) {
    const here = best[i * width + j]!
    const s = alike[i * m + j]!
    if (s >= 0 && here === s + best[(i + 1) * width + j + 1]!) {
      flush()
      found.push([a0 + i++, b0 + j++])
    } else if (here === best[(i + 1) * width + j]!) {
      found.push([a0 + i++, -1])
    } else {
      waiting.push([-1, b0 + j++])
    }
  }
  while (i < n) found.push([a0 + i++, -1])
  while (j < m) waiting.push([-1, b0 + j++])
  flush()
  return found
}

function inOrder(a0: number, a1: number, b0: number, b1: number): Pair[] {
  const found: Pair[] = []
  let [i, j] = [a0, b0]
  while (i < a1 && j < b1) found.push([i++, j++])
  while (i < a1) found.push([i++, -1])
  while (j < b1) found.push([-1, j++])
  return found
}

const word = /[\p{L}\p{N}_]+/gu
const named = /^\s*(?:\[([^\]]+)\]:|([A-Za-z][\w.-]{0,60})\s*[=:])/
const longest = 2000 // characters of a line that are looked at

// similarity weighs two lines by their words. Lines that name something, like
// `[ro.build.id]: […]`, are alike only where they name the same; else -1 says
// that neither became the other.
export function similarity(a: (i: number) => string, b: (j: number) => string): Similar {
  const seenA = remembering(a)
  const seenB = remembering(b)
  return (i, j) => {
    const [x, y] = [seenA(i), seenB(j)]
    if (x.name && y.name) return x.name === y.name ? 1 : -1
    if (x.words.length === 0 || y.words.length === 0) return 0
    let shared = 0
    for (const w of y.words) if (x.set.has(w)) shared++
    return (2 * shared) / (x.words.length + y.words.length)
  }
}

type Seen = { name: string | undefined; words: string[]; set: Set<string> }

// The lines of a stretch are looked at many times and never again after it.
function remembering(text: (i: number) => string): (i: number) => Seen {
  const seen = new Map<number, Seen>()
  return (i) => {
    let found = seen.get(i)
    if (!found) {
      if (seen.size > 2 * cells) seen.clear()
      const line = text(i).slice(0, longest)
      const name = named.exec(line)
      const words = line.match(word) ?? []
      found = { name: name?.[1] ?? name?.[2], words, set: new Set(words) }
      seen.set(i, found)
    }
    return found
  }
}
