// Which keys mean what at present, and which of them a pressed key is. Pages
// register while they are there; the latest comes first, so that what lies on
// top of a page is asked before the page.
type Key = {
  does: string
  run: (e: KeyboardEvent) => void
  always?: boolean // also where single keys are switched off
}
export type Keys = Record<string, Key> // 'j', 'g b', 'End', '?', 'ctrl+k', 'shift+Enter'
export type Group = { group: string; keys: () => Keys }

const secondWithin = 1200 // the time between `g` and `b`

export class KeyRegistry {
  readonly #groups = new Set<Group>()
  #first: { key: string; at: number } | undefined

  add(group: Group): () => void {
    this.#groups.add(group)
    return () => this.#groups.delete(group)
  }

  // all gives what can be pressed now, in the order of registration.
  all(): { group: string; keys: [string, Key][] }[] {
    const found = new Map<string, [string, Key][]>()
    for (const { group, keys } of this.#groups) {
      found.set(group, [...(found.get(group) ?? []), ...Object.entries(keys())])
    }
    return [...found]
      .filter(([, keys]) => keys.length > 0)
      .map(([group, keys]) => ({ group, keys }))
  }

  // press gives what the key does, if anything.
  press(e: KeyboardEvent, options: { singleKeys: boolean; isTyping: boolean }): Key | undefined {
    const key = nameOf(e)
    const now = e.timeStamp
    const first = this.#first && now - this.#first.at < secondWithin ? this.#first.key : undefined
    this.#first = undefined
    const may = (name: string, k: Key) =>
      (options.singleKeys || k.always || !isSingle(name)) && (!options.isTyping || isChord(name))
    const find = (name: string) => this.#find(name, may)
    const found = (first && find(`${first} ${key}`)) || find(key)
    if (!found && this.#begins(key, may)) this.#first = { key, at: now }
    return found
  }

  #find(name: string, may: (name: string, k: Key) => boolean): Key | undefined {
    for (const { keys } of [...this.#groups].reverse()) {
      const key = keys()[name]
      if (key && may(name, key)) return key
    }
    return undefined
  }

  #begins(key: string, may: (name: string, k: Key) => boolean): boolean {
    return [...this.#groups].some(({ keys }) =>
      Object.entries(keys()).some(([name, k]) => name.startsWith(`${key} `) && may(name, k)),
    )
  }
}

// A character alone, or one after the other: what a voice or a cat may press
// without meaning it (WCAG 2.1.4).
export const isSingle = (name: string) => name.split(' ').every((key) => [...key].length === 1)

const isChord = (name: string) => /^(ctrl|alt)\+/.test(name)

// nameOf writes a pressed key as it is registered. A character holds its shift
// already; ⌘ counts as ctrl.
function nameOf(e: KeyboardEvent): string {
  const isCharacter = [...e.key].length === 1
  const ctrl = e.ctrlKey || e.metaKey ? 'ctrl+' : ''
  const alt = e.altKey && !(isCharacter && e.getModifierState?.('AltGraph')) ? 'alt+' : ''
  const shift = e.shiftKey && !isCharacter ? 'shift+' : ''
  const key = isCharacter && (ctrl || alt) ? e.key.toLowerCase() : e.key
  return ctrl + alt + shift + (key === ' ' ? 'Space' : key)
}
