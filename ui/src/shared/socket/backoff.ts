// When to try again: full jitter, so that a relay's clients do not come back
// all at once. From 0.5 s, doubling, to 20 s.
const first = 500
const longest = 20_000

export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(attempt, 10))
  return Math.round(random() * ceiling)
}
