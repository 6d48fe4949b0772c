import { Hidden } from '@/shared/parts'
import type { Bench } from '@/shared/wire'
import css from './benches.module.css'

// The round trip between relay and bench; amber from 80 ms, red from 300 ms.
export function Latency({ bench }: { bench: Bench }) {
  const ms = bench.rtt_ms
  if (ms == null || bench.state === 'offline') return null
  const tone = ms < 80 ? '' : ms < 300 ? css.slow : css.slowest
  return (
    <span className={`${css.latency} ${tone}`} title="Round trip between relay and bench">
      <Hidden>{ms < 80 ? 'Round trip ' : ms < 300 ? 'Slow, ' : 'Very slow, '}</Hidden>
      {ms < 1 ? '< 1' : Math.round(ms)} ms
    </span>
  )
}
