import { useEffect, useState } from 'react'
import type { Log } from '@/shared/log'

const over = 2000 // ms that a rate is taken over

// Lines a second, of the last two seconds; a replay does not count.
export function useRate(log: Log, isOn: boolean): number {
  const [rate, setRate] = useState(0)
  useEffect(() => {
    setRate(0)
    if (!isOn) return
    let seen: { at: number; lines: number }[] = [
      { at: performance.now(), lines: log.state.getState().lines },
    ]
    const timer = setInterval(() => {
      const now = { at: performance.now(), lines: log.state.getState().lines }
      seen = [...seen.filter((s) => now.at - s.at <= over), now]
      const first = seen[0]!
      if (now.at > first.at)
        setRate(Math.round(((now.lines - first.lines) * 1000) / (now.at - first.at)))
    }, 500)
    return () => clearInterval(timer)
  }, [log, isOn])
  return rate
}
