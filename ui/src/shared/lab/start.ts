// Starting a run. The page makes the id, so that asking again after a lost
// answer gives that run and never a second one.
import { useRef, useState } from 'react'
import { RequestError, useSocket } from '@/shared/socket'
import type { Fault, Run } from '@/shared/wire'

export type Order = { bench: string; device: string; command: string; timeout_s?: number }

const ttl = 5000

export function newRunId(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const random = crypto.getRandomValues(new Uint8Array(26))
  return `r${Array.from(random, (byte) => letters[byte & 31]).join('')}`
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
      const d = { ...order, id: asked.current.id, ttl_ms: ttl }
      const run = await socket.request<Run>('run.start', d, ttl)
      asked.current = undefined
      started(run)
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
