import { useEffect, useState } from 'react'
import type { Check } from '@/shared/wire'
import type { Tried } from './tryout'

const longest = 1000 // ms that a pattern may take

// useTry tries a check on a text as both are typed.
export function useTry(check: Pick<Check, 'pattern' | 'expect'>, text: string): Tried | undefined {
  const [tried, setTried] = useState<Tried>()
  const { pattern } = check
  const expect = JSON.stringify(check.expect)
  useEffect(() => {
    if (!pattern || !text) {
      setTried(undefined)
      return
    }
    const worker = new Worker(new URL('./tryWorker.ts', import.meta.url), { type: 'module' })
    const timer = setTimeout(() => {
      worker.terminate()
      setTried({ is: 'fault', message: 'The pattern takes too long on this text' })
    }, longest)
    worker.onmessage = (e: MessageEvent<Tried>) => {
      clearTimeout(timer)
      setTried(e.data)
    }
    worker.postMessage({ pattern, expect: JSON.parse(expect), text })
    return () => {
      clearTimeout(timer)
      worker.terminate()
    }
  }, [pattern, expect, text])
  return tried
}
