// What a large lab's snapshot leaves out, page by page over HTTP. Asked by few, so
// no part of the first page.
import { getJSON } from '@/shared/query'
import type { Person, Reservations } from '@/shared/wire'

const mostPages = 20

export const reservations = async (): Promise<Reservations[]> =>
  (await getJSON<{ reservations: Reservations[] }>('/api/v1/reservations')).reservations

// people are all who are here, while they are wanted.
export async function people(isWanted: () => boolean): Promise<Person[]> {
  const all: Person[] = []
  let next = ''
  for (let page = 0; page < mostPages && isWanted(); page++) {
    const at = next && `?cursor=${encodeURIComponent(next)}`
    const got = await getJSON<{ people: Person[]; next?: string }>(`/api/v1/people${at}`)
    all.push(...got.people)
    if (!got.next) break
    next = got.next
  }
  return all
}
