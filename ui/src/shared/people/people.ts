// Who is here and what they look at. A person is one, however many tabs and
// devices they have.
import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { useConnection } from '@/shared/socket'
import type { Person, User } from '@/shared/wire'

export const useMe = (): User | undefined => useConnection((c) => c.user)

export const isAt = (person: Person, bench: string, device?: string) =>
  person.at.some((l) => l.bench === bench && (!device || l.device === device))

// meFirst puts oneself before the others, who stay by name.
export const meFirst = <T extends User>(people: T[], me: string | undefined): T[] =>
  [...people].sort((a, b) => Number(b.id === me) - Number(a.id === me))

export function usePeople(bench?: string, device?: string): Person[] {
  const people = useLab((s) => s.people)
  const me = useMe()?.id
  return useMemo(
    () => meFirst(bench ? people.filter((p) => isAt(p, bench, device)) : people, me),
    [people, bench, device, me],
  )
}

// initials: of two words their first letters, of one its first two.
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean)
  const letters =
    words.length > 1 ? [first(words[0]!), first(words[1]!)] : firstTwo(words[0] ?? '?')
  return letters.join('').toLowerCase()
}

const cut = new Intl.Segmenter('en')
const firstTwo = (word: string) => [...cut.segment(word)].slice(0, 2).map((s) => s.segment)
const first = (word: string) => firstTwo(word)[0] ?? ''

// listed: Ada, Ada and Grace, Ada, Grace and 3 others.
export function listed(names: string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? ''
  const isCut = names.length > most
  const shown = isCut ? names.slice(0, most - 1) : names.slice(0, -1)
  const rest = names.length - shown.length
  return `${shown.join(', ')} and ${isCut ? `${rest} others` : names.at(-1)}`
}
