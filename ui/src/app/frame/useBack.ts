import { useEffect, useRef, useState } from 'react'
import { arrivals } from '@/shared/log/arrivals'

const saidFor = 5000
const roomsNeed = 700 // to be entered again, before a log can say what it lacks
const looksEvery = 200

// useBack is set for a while after a loss that was shown: with the lines that
// came meanwhile, as soon as all are here.
export function useBack(times: number, wasShown: boolean): { lines?: number } | undefined {
  const lost = useRef<{ times: number; lines: number }>(undefined)
  const [back, setBack] = useState<{ lines?: number; times: number }>()
  useEffect(() => {
    if (wasShown && !lost.current) lost.current = { times, lines: arrivals.lines() }
  }, [wasShown, times])
  useEffect(() => {
    const before = lost.current
    if (!before || times <= before.times) return
    lost.current = undefined
    if (before.times === 0) return // it was never there
    setBack({ times })
    let end: ReturnType<typeof setTimeout>
    const since = Date.now()
    const look = setInterval(() => {
      if (Date.now() - since < roomsNeed || !arrivals.areHere()) return
      clearInterval(look)
      setBack({ times, lines: Math.max(0, arrivals.lines() - before.lines) })
      end = setTimeout(() => setBack(undefined), saidFor)
    }, looksEvery)
    return () => {
      clearInterval(look)
      clearTimeout(end)
    }
  }, [times])
  return back?.times === times ? back : undefined
}
