// A device's properties: what `getprop` prints, and looking for one.

export type Property = { name: string; value: string }

// parse reads the lines of `getprop`: [name]: [value], where a value may go on
// over several lines.
export function parse(text: string): Property[] {
  const found: Property[] = []
  for (const line of text.split('\n')) {
    const head = /^\[([^\]]*)\]: \[(.*)$/s.exec(line.replace(/\r$/, ''))
    if (head) found.push({ name: head[1]!, value: head[2]! })
    else if (found.length > 0) found.at(-1)!.value += `\n${line.replace(/\r$/, '')}`
  }
  return found.map(({ name, value }) => ({ name, value: value.trimEnd().replace(/\]$/, '') }))
}

export const known = (properties: Record<string, string>): Property[] =>
  Object.entries(properties).map(([name, value]) => ({ name, value }))

// matching looks in names and values, without case; every word must be there.
export function matching(all: Property[], text: string): Property[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return all
  return all.filter(({ name, value }) => {
    const both = `${name} ${value}`.toLowerCase()
    return words.every((word) => both.includes(word))
  })
}

// What one looks at first, in this order; the others by name.
const first = [
  'ro.build.fingerprint',
  'ro.build.version.release',
  'ro.build.version.security_patch',
  'ro.product.model',
  'ro.serialno',
  'ro.boot.slot_suffix',
  'ro.boot.bootreason',
  'sys.boot_completed',
]

export function ordered(all: Property[]): Property[] {
  const rank = (p: Property) => {
    const at = first.indexOf(p.name)
    return at < 0 ? first.length : at
  }
  return [...all].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
