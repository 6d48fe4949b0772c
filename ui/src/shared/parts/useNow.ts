import { useEffect, useState } from 'react'

// The time, ticking while `ticks`; else it stands still.
export function useNow(ticks: boolean, every = 1000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!ticks) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [ticks, every])
  return now
}
