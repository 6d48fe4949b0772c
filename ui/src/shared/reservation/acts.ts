// What one asks of a place. All of it may be asked twice: the second answer is
// the place as it stands.
import { useState } from 'react'
import { type Link, RequestError, useSocket } from '@/shared/socket'
import type { Fault, PlaceVerbs, Reserved } from '@/shared/wire'

export const anHour = 3600
const ttl = 5000

export const askPlace = <V extends keyof PlaceVerbs>(
  socket: Pick<Link, 'request'>,
  bench: string,
  verb: V,
  body: PlaceVerbs[V],
): Promise<Reserved> => {
  const { device, ...rest } = body
  const d = { bench, ...(device ? { device } : {}), ...rest }
  return socket.request<Reserved>(`reservation.${verb}`, d, ttl)
}

export type PlaceActs = ReturnType<typeof usePlace>

export function usePlace(bench: string) {
  const socket = useSocket()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  // act gives the place, or nothing where it was refused: `fault` says why.
  const act = async <V extends keyof PlaceVerbs>(verb: V, body: PlaceVerbs[V]) => {
    setBusy(true)
    setFault(undefined)
    try {
      return await askPlace(socket, bench, verb, body)
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      setFault(e.fault.code === 'no_answer' ? silence : e.fault)
      return undefined
    } finally {
      setBusy(false)
    }
  }
  return { act, busy, fault, forget: () => setFault(undefined) }
}

const silence: Fault = {
  code: 'no_answer',
  message: 'No answer came',
  hint: 'What is shown here is how it stands. Asking again is safe.',
}
