// When to try again: full jitter, so that a relay's clients do not come back
// all at once. From 0.5 s, doubling, to 20 s; to 5 s where somebody looks on:
// those are few, and they wait.
const first = 500
const longest = 20_000
const longestWhileSeen = 5_000

export function backoff(attempt: number, isSeen: boolean, random = Math.random): number {
  const most = isSeen ? longestWhileSeen : longest
  const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 10))
  return Math.round(random() * ceiling)
}
