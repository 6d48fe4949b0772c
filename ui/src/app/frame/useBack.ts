import { useEffect, useState } from 'react'
import { arrivals } from '@/shared/log/arrivals'

const saidFor = 5000
const roomsNeed = 700 // to be entered again, before a log can say what it lacks
const looksEvery = 200

// useBack is set for a while after a loss that was shown: with the lines that
// came meanwhile, as soon as all are here. It is set at once, in the place of the
// loss: a bar that goes and comes again moves the log's edge twice, which a log
// that follows its end took for somebody's scrolling.
export function useBack(times: number, wasShown: boolean): { lines?: number } | undefined {
  const [lost, setLost] = useState<{ times: number; lines: number }>()
  const [came, setCame] = useState<{ times: number; lines: number }>()
  const wasThere = lost !== undefined && lost.times > 0
  const isBack = wasThere && times > lost.times
  useEffect(() => {
    if (!wasShown) return
    setLost((was) => (was?.times === times ? was : { times, lines: arrivals.lines() }))
  }, [wasShown, times])
  useEffect(() => {
    if (!isBack || !lost) return
    let end: ReturnType<typeof setTimeout>
    const since = Date.now()
    const look = setInterval(() => {
      if (Date.now() - since < roomsNeed || !arrivals.areHere()) return
      clearInterval(look)
      setCame({ times, lines: Math.max(0, arrivals.lines() - lost.lines) })
      end = setTimeout(() => setLost(undefined), saidFor)
    }, looksEvery)
    return () => {
      clearInterval(look)
      clearTimeout(end)
    }
  }, [isBack, lost, times])
  if (!isBack) return undefined
  return came?.times === times ? { lines: came.lines } : {}
}
