import { useState } from 'react'
import { RequestError, useSocket } from '@/shared/socket'
import type { Fault } from '@/shared/wire'

// useCancel asks for the end of a run; one that has ended meanwhile is no fault.
export function useCancel(id: string) {
  const socket = useSocket()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const cancel = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await socket.request('run.cancel', { id })
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      if (e.fault.code !== 'run_ended') setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }
  return { cancel, busy, fault, forget: () => setFault(undefined) }
}
