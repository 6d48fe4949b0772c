// What the tabs of a browser know of each other: whether somebody looks at one of
// them, and who told of an event first. Each is a lock, which every tab sees at
// once (storage comes late to the others) and which goes with its tab.
const lock = 'farbench.looked'
const kept = 100 // events that this tab told of
const told: (() => void)[] = []

// isFirst says whether no tab told of an event before.
export function isFirst(id: string): Promise<boolean> {
  const { locks } = navigator
  if (!locks) return Promise.resolve(true)
  return new Promise((answer) => {
    locks.request(`farbench.told ${id}`, { ifAvailable: true }, (lock) => {
      answer(lock !== null)
      return lock ? held(told, kept) : undefined
    })
  })
}

// held lasts until so many later ones are held.
const held = (all: (() => void)[], most: number) =>
  new Promise<void>((release) => {
    all.push(release)
    if (all.length > most) all.shift()?.()
  })

export const isLooked = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

export async function isLookedAnywhere(): Promise<boolean> {
  const { held: all = [] } = (await navigator.locks?.query()) ?? {}
  return isLooked() || all.some(({ name }) => name === lock)
}

// whileLooked holds the lock while this tab is looked at, until the returned
// function is called.
export function whileLooked(): () => void {
  let release: (() => void) | undefined
  const follow = (is: boolean) => {
    if (is === (release !== undefined)) return
    release?.()
    release = undefined
    if (!is) return
    const left = new Promise<void>((done) => {
      release = done
    })
    navigator.locks?.request(lock, { mode: 'shared' }, () => left)
  }
  const look = () => follow(isLooked())
  look()
  const all = ['visibilitychange', 'focus', 'blur'] as const
  for (const one of all) addEventListener(one, look, true)
  return () => {
    for (const one of all) removeEventListener(one, look, true)
    follow(false)
  }
}
