import { useEffect, useState } from 'react'
import { relayNow } from '@/shared/clock'

// The relay's time, ticking while `ticks`; else it stands still.
export function useNow(ticks: boolean, every = 1000): number {
  const [now, setNow] = useState(relayNow)
  useEffect(() => {
    if (!ticks) return
    setNow(relayNow())
    const timer = setInterval(() => setNow(relayNow()), every)
    return () => clearInterval(timer)
  }, [ticks, every])
  return now
}
