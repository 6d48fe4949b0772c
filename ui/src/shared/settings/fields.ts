// A person's settings, and how each is read. A field that does not read, of
// another version or by hand, falls back alone.
export type Settings = {
  theme: 'auto' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  time: 'clock' | 'relative' | 'delta'
  singleKeys: boolean
  wrap: boolean
  pins: string[] // ids of benches, in the person's order
  hintSeen: boolean
  runsColumns: string[] // empty: the usual ones
  benchesView: 'cards' | 'table'
  notify: boolean // by the browser, while nobody looks at the page
}

export const usual: Settings = {
  theme: 'auto',
  density: 'comfortable',
  time: 'clock',
  singleKeys: true,
  wrap: false,
  pins: [],
  hintSeen: false,
  runsColumns: [],
  benchesView: 'cards',
  notify: false,
}

type Read<T> = (v: unknown) => T | undefined

const oneOf =
  <T extends string>(...words: T[]): Read<T> =>
  (v) =>
    words.find((word) => word === v)
const yesNo: Read<boolean> = (v) => (typeof v === 'boolean' ? v : undefined)
const list: Read<string[]> = (v) =>
  Array.isArray(v)
    ? [...new Set(v.filter((one) => typeof one === 'string' && one.length <= 64))].slice(0, 100)
    : undefined

const fields: { [K in keyof Settings]: Read<Settings[K]> } = {
  theme: oneOf('auto', 'light', 'dark'),
  density: oneOf('comfortable', 'compact'),
  time: oneOf('clock', 'relative', 'delta'),
  singleKeys: yesNo,
  wrap: yesNo,
  pins: list,
  hintSeen: yesNo,
  runsColumns: list,
  benchesView: oneOf('cards', 'table'),
  notify: yesNo,
}

export const names = Object.keys(fields) as (keyof Settings)[]

// readSettings gives the fields that read.
export function readSettings(v: unknown): Partial<Settings> {
  const from = Object(v) as Record<string, unknown>
  const found = names.map((name) => [name, fields[name](from[name])] as const)
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}
