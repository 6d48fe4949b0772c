import { type FormEvent, useState } from 'react'
import { ProblemError } from '@/shared/http/api'
import type { Fault } from '@/shared/wire'

// A form that asks the relay for one thing: busy meanwhile, with its refusal.
export function useSubmit(ask: () => Promise<unknown>, before?: Fault) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState(before)
  const submit = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      await ask()
    } catch (e) {
      if (!(e instanceof ProblemError)) throw e
      setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }
  return { busy, fault, submit }
}
