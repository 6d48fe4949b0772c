// What is wrong with a regular expression, and where. The engine says what; the
// place is found by reading groups, classes and escapes.
export function place(source: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  const its = said.slice(said.lastIndexOf(': ') + 2)
  const what = plainer[its] ?? its
  const at = unbalanced(source)
  return at === undefined ? what : `${what}, at character ${at + 1}`
}

// What V8 says, as people would; other engines speak for themselves.
const plainer: Record<string, string> = {
  'Unterminated group': 'Missing “)” for a “(”',
  "Unmatched ')'": 'A “)” without its “(”',
  'Unterminated character class': 'Missing “]” for a “[”',
  '\\ at end of pattern': 'A “\\” with nothing after it',
}

function unbalanced(source: string): number | undefined {
  const groups: number[] = []
  let inClass: number | undefined
  for (let i = 0; i < source.length; i++) {
    const c = source[i]
    if (c === '\\') {
      if (i === source.length - 1) return i
      i++
    } else if (inClass !== undefined) {
      if (c === ']') inClass = undefined
    } else if (c === '[') inClass = i
    else if (c === '(') groups.push(i)
    else if (c === ')') {
      if (groups.pop() === undefined) return i
    } else if ((c === '*' || c === '+' || c === '?') && isNothing(source, i)) return i
  }
  return inClass ?? groups.at(-1)
}

// A quantifier needs something before it; one `?` may follow another.
function isNothing(source: string, i: number): boolean {
  if (source[i] === '?' && source[i - 1] === '(') return false
  const before = source[i - 1]
  if (before === undefined || before === '(' || before === '|') return true
  const isEscaped = source[i - 2] === '\\'
  if (isEscaped) return false
  return source[i] !== '?' && (before === '*' || before === '+')
}
