import { useEffect, useState } from 'react'

// True once `waiting` has lasted: what is quick shows no skeleton.
export function useLate(waiting: boolean, after = 300): boolean {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (!waiting) {
      setLate(false)
      return
    }
    const timer = setTimeout(() => setLate(true), after)
    return () => clearTimeout(timer)
  }, [waiting, after])
  return waiting && isLate
}
