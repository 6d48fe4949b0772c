// With whom one can talk: the lab, the bench at hand, who is here, and who has
// gone but said something.
import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { isAt, useMe, usePeople } from '@/shared/people'
import { placeName } from '@/shared/reservation'
import { notices, unreadOf, useTalkState } from '@/shared/talk'
import type { Bench, Person, User } from '@/shared/wire'
import { legible, plural } from '@/shared/words'

export type OneConversation = {
  id: string
  name: string
  detail: string
  unread: number
  who?: User // of a person
  at?: string // where this person looks: an address
}

export function useConversations(bench: string | undefined): OneConversation[] {
  const people = usePeople()
  const me = useMe()?.id
  const benches = useLab((s) => s.benches)
  const state = useTalkState((s) => s)
  return useMemo(() => {
    const unread = (id: string) => unreadOf(state, me, id)
    const here = people.filter((p) => p.id !== me)
    const on = benches.find((b) => b.id === bench)
    const gone = Object.entries(state.with).flatMap(([id, { said }]) => {
      const who = id.replace(/^user:/, '')
      if (who === id || who === me || here.some((p) => p.id === who)) return []
      const name =
        said.findLast((e) => e.from?.id === who)?.from?.name ?? said.findLast((e) => e.to)?.to_name
      return [{ id: who, name: legible(name ?? '') || who }]
    })
    const person = (who: User, detail: string, at?: string): OneConversation => {
      const id = `user:${who.id}`
      return { id, name: who.name, detail, unread: unread(id), who, at }
    }
    const there = (id: string) => people.filter((p) => isAt(p, id)).length
    return [
      {
        id: 'lab',
        name: 'Everybody',
        detail: `${plural(people.length, 'person', 'people')} here`,
        unread: unread('lab'),
      },
      ...(on
        ? [
            {
              id: `bench:${on.id}`,
              name: on.name || on.id,
              detail: `${there(on.id)} at this bench`,
              unread: unread(`bench:${on.id}`),
            },
          ]
        : []),
      ...here.map((p) => person(p, looksAt(p, benches), addressOf(p))),
      ...gone.map((who) => person(who, 'not here')),
      { id: notices, name: 'Notices', detail: '', unread: unread(notices) },
    ]
  }, [people, me, benches, bench, state])
}

function looksAt(person: Person, benches: Bench[]): string {
  const at = person.at.find((l) => l.bench) ?? person.at[0]
  if (!at?.bench) return at?.run ? 'at a run' : 'at the lists'
  return placeName(
    benches.find((b) => b.id === at.bench),
    at.bench,
    at.device ?? '',
  )
}

function addressOf(person: Person): string | undefined {
  const at = person.at.find((l) => l.bench) ?? person.at[0]
  if (at?.run) return `/r/${at.run}`
  if (!at?.bench) return undefined
  return `/b/${at.bench}${at.device ? `/${at.device}` : ''}`
}
