// Which rows answer what was typed, best first. Every word typed must be found;
// how well is a matter of where. No guessing at letters: testers know the names.
import type { Item, Scope } from './items'

const order: Scope[] = ['benches', 'devices', 'runs', 'actions']
const mostOf: Record<Scope, number> = { benches: 6, devices: 6, runs: 8, actions: 8 }

export const wordsOf = (text: string): string[] =>
  text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8)

// rank gives groups, the one with the best row first.
export function rank(items: Item[], words: string[]): { scope: Scope; items: Item[] }[] {
  const found = new Map<Scope, { item: Item; score: number }[]>()
  for (const item of items) {
    const score = scoreOf(item, words)
    if (score > 0) found.set(item.scope, [...(found.get(item.scope) ?? []), { item, score }])
  }
  return [...found]
    .map(([scope, rows]) => {
      rows.sort((a, b) => b.score - a.score) // stable: the given order where equal
      return { scope, best: Math.floor(rows[0]!.score), items: rows.slice(0, mostOf[scope]) }
    })
    .sort((a, b) => b.best - a.best || order.indexOf(a.scope) - order.indexOf(b.scope))
    .map(({ scope, items: rows }) => ({ scope, items: rows.map((r) => r.item) }))
}

// The worst word decides, so that "hil version" is no better than its "version".
function scoreOf(item: Item, words: string[]): number {
  const title = item.title.toLowerCase()
  const others = `${item.detail} ${item.words}`.toLowerCase()
  let score = words.length === 1 && title === words[0] ? 6 : 5
  for (const word of words) score = Math.min(score, wordScore(title, others, word) || -1)
  return score < 0 ? 0 : score + (item.boost ?? 0)
}

function wordScore(title: string, others: string, word: string): number {
  if (title === word) return 6
  if (title.startsWith(word)) return 5
  if (begins(title, word)) return 4
  if (title.includes(word)) return 3
  if (begins(others, word)) return 2
  return others.includes(word) ? 1 : 0
}

function begins(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return true
  }
  return false
}

// marks gives the pieces of a text, those that were typed marked.
export function marks(text: string, words: string[]): { text: string; isHit: boolean }[] {
  const lower = text.toLowerCase()
  if (lower.length !== text.length) return [{ text, isHit: false }]
  const hit = new Uint8Array(text.length)
  for (const word of words) {
    const at = lower.indexOf(word)
    if (at >= 0) hit.fill(1, at, at + word.length)
  }
  const pieces: { text: string; isHit: boolean }[] = []
  for (let i = 0; i < text.length; ) {
    let to = i + 1
    while (to < text.length && hit[to] === hit[i]) to++
    pieces.push({ text: text.slice(i, to), isHit: hit[i] === 1 })
    i = to
  }
  return pieces
}
