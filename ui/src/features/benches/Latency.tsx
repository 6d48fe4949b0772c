import { Hidden } from '@/shared/parts'
import type { Bench } from '@/shared/wire'
import { pace, trip } from '@/shared/words'
import css from './benches.module.css'

const said = { quick: 'Round trip ', slow: 'Slow, ', slowest: 'Very slow, ' }

// The round trip between relay and bench; amber from 80 ms, red from 300 ms.
export function Latency({ bench }: { bench: Bench }) {
  const ms = bench.rtt_ms
  if (ms == null || bench.state === 'offline') return null
  const how = pace(ms)
  return (
    <span className={`${css.latency} ${css[how] ?? ''}`} title="Round trip between relay and bench">
      <Hidden>{said[how]}</Hidden>
      {trip(ms)}
    </span>
  )
}
