// Which of the names that exist somebody may have meant: for an address that
// was typed, or whose bench was renamed.

// nearest gives the best first, and only those that resemble what was asked.
export function nearest<T>(asked: string, all: T[], namesOf: (one: T) => string[], most = 3): T[] {
  const wanted = plain(asked)
  return all
    .map((one) => ({ one, far: Math.min(...namesOf(one).map((n) => distance(wanted, plain(n)))) }))
    .filter(({ far }) => far <= Math.max(2, Math.ceil(wanted.length * 0.6)))
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ one }) => one)
}

const plain = (s: string) => s.toLowerCase().replaceAll(/[^a-z0-9]+/g, '')

// distance counts letters to change, add or take away; what merely goes on, or
// begins earlier, is near.
function distance(a: string, b: string): number {
  if (a === b) return 0
  if (b === '' || a === '') return Math.max(a.length, b.length)
  if (b.startsWith(a) || a.startsWith(b)) return 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
