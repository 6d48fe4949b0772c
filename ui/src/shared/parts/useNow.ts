import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { clock, relayNow } from '@/shared/clock'

// The relay's time, ticking while `ticks`; else it stands still.
export function useNow(ticks: boolean, every = 1000): number {
  const [now, setNow] = useState(relayNow)
  const off = useStore(clock, (s) => s.off)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a clock found to be off is told at once
  useEffect(() => {
    setNow(relayNow())
    if (!ticks) return
    const timer = setInterval(() => setNow(relayNow()), every)
    return () => clearInterval(timer)
  }, [ticks, every, off])
  return now
}
