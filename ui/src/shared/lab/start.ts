// Starting a run. The page makes the id, so that asking again after a lost
// answer gives that run and never a second one.
import { useRef, useState } from 'react'
import { confirm } from '@/shared/confirm'
import { type Link, RequestError, useSocket } from '@/shared/socket'
import type { Act, Fault, Run } from '@/shared/wire'
import { sentence } from '@/shared/words'

// A run is of a command, of one of the lab's checks by its id, or of an act.
export type Order = {
  bench: string
  device: string
  timeout_s?: number
  confirmed?: boolean // asked about, while somebody is at the bench
} & (
  | { command: string; check?: undefined; act?: undefined }
  | { check: string; command?: undefined; act?: undefined }
  | { act: Act; command?: undefined; check?: undefined }
)

const ttl = 5000

function newRunId(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const random = crypto.getRandomValues(new Uint8Array(26))
  return `r${Array.from(random, (byte) => letters[byte & 31]).join('')}`
}

// startRun asks once; with the same id again it gives the same run.
export const startRun = (
  socket: Pick<Link, 'request'>,
  order: Order,
  id = newRunId(),
): Promise<Run> => socket.request<Run>('run.start', { ...order, id, ttl_ms: ttl }, ttl)

// startAsking starts, and where somebody is at the bench and the relay asks
// whether it may be, asks the person. Nothing is started where they say no.
export async function startAsking(
  socket: Pick<Link, 'request'>,
  order: Order,
  id = newRunId(),
): Promise<Run | undefined> {
  try {
    return await startRun(socket, order, id)
  } catch (e) {
    if (!(e instanceof RequestError) || e.fault.code !== 'confirm_needed') throw e
    const { message, hint } = e.fault
    const isMeant = await confirm({
      title: `Run this although someone is at ${order.bench}?`,
      text: [message, hint]
        .filter(Boolean)
        .map((t) => sentence(t!))
        .join(' '),
      does: 'Run it',
      safe: 'Do not run',
      isDanger: true,
    })
    return isMeant ? startRun(socket, { ...order, confirmed: true }, id) : undefined
  }
}

export function useStart(started: (run: Run) => void) {
  const socket = useSocket()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const asked = useRef<{ id: string; order: Order }>(undefined)

  const start = async (order: Order) => {
    const isSame = JSON.stringify(asked.current?.order) === JSON.stringify(order)
    if (!asked.current || !isSame) asked.current = { id: newRunId(), order }
    setBusy(true)
    setFault(undefined)
    try {
      const run = await startAsking(socket, order, asked.current.id)
      asked.current = undefined
      if (run) started(run)
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      // A refusal is an answer: the next attempt is a new run.
      if (e.fault.code !== 'no_answer') asked.current = undefined
      setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }
  return { start, busy, fault, forget: () => setFault(undefined) }
}
