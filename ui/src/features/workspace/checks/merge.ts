// Two tabs, or two people, edit the lab's checks: what became of each entry,
// from the version that both began with. Nothing is decided silently where both
// changed the same entry.

export type Entry = { id: string }

// A side is undefined where that side removed the entry.
export type Conflict<T> = { id: string; mine: T | undefined; theirs: T | undefined }

type Merged<T> = {
  entries: T[] // with theirs where there is a conflict
  conflicts: Conflict<T>[]
}

export function merge<T extends Entry>(base: T[], mine: T[], theirs: T[]): Merged<T> {
  const [was, now] = [byId(base), byId(theirs)]
  const own = byId(apart(mine, was, now))
  const conflicts: Conflict<T>[] = []
  const entries: T[] = []

  for (const id of new Set([...now.keys(), ...own.keys()])) {
    const [b, m, t] = [was.get(id), own.get(id), now.get(id)]
    const isMine = !same(b, m)
    const isTheirs = !same(b, t)
    if (isMine && isTheirs && !same(m, t)) conflicts.push({ id, mine: m, theirs: t })
    const kept = isMine && !isTheirs ? m : t
    if (kept) entries.push(kept)
  }
  return { entries, conflicts }
}

// settle puts what was chosen in the place of a conflict.
export function settle<T extends Entry>(entries: T[], id: string, chosen: T | undefined): T[] {
  const at = entries.findIndex((e) => e.id === id)
  if (at < 0) return chosen ? [...entries, chosen] : entries
  return chosen ? entries.with(at, chosen) : entries.toSpliced(at, 1)
}

// Both added an entry, and it got the same id: they are two.
function apart<T extends Entry>(mine: T[], was: Map<string, T>, now: Map<string, T>): T[] {
  const taken = new Set([...mine.map((m) => m.id), ...now.keys()])
  return mine.map((m) => {
    const other = now.get(m.id)
    if (was.has(m.id) || !other || same(m, other)) return m
    const id = free(m.id, taken)
    taken.add(id)
    return { ...m, id }
  })
}

const byId = <T extends Entry>(entries: T[]) => new Map(entries.map((e) => [e.id, e]))

// same compares documents whatever the order of their fields, and takes an
// absent field for an undefined one.
export const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b)

const stable = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  ) ?? ''

const longestId = 32

// idFor makes an id of a label: "Version check" → version-check.
export function idFor(label: string, taken: Set<string>): string {
  const id = label
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestId)
    .replaceAll(/^-+|-+$/g, '')
  return free(id || 'check', taken)
}

function free(id: string, taken: Set<string>): string {
  if (!taken.has(id)) return id
  for (let n = 2; ; n++) {
    const tail = `-${n}`
    const next = id.slice(0, longestId - tail.length) + tail
    if (!taken.has(next)) return next
  }
}
