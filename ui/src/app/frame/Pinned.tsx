import { Link } from '@tanstack/react-router'
import { moodOf, useLab } from '@/shared/lab'
import { BenchSign } from '@/shared/parts'
import { useSettings } from '@/shared/settings'
import css from './frame.module.css'

// The benches that this person pinned, in their order. One that is gone stays
// in the settings and is left out here.
export function Pinned() {
  const pins = useSettings((s) => s.pins)
  const benches = useLab((s) => s.benches)
  const runs = useLab((s) => s.runs)
  const shown = pins.flatMap((id) => benches.find((b) => b.id === id) ?? [])
  if (shown.length === 0) return null
  return (
    <nav className={css.pinned} aria-labelledby="pinned">
      <h2 id="pinned">Pinned</h2>
      {shown.map((bench) => (
        <Link
          key={bench.id}
          to="/b/$bench"
          params={{ bench: bench.id }}
          className={css.item}
          activeProps={{ className: css.here }}
          title={bench.name}
        >
          <BenchSign
            mood={moodOf(
              bench,
              runs.filter((r) => r.bench === bench.id),
            )}
          />
          <span>{bench.name}</span>
          <b aria-hidden>{ending(bench.name)}</b>
        </Link>
      ))}
    </nav>
  )
}

// hil-07 → 07, ivi-gbg-2 → g2: what tells neighbours apart, in the rail.
const ending = (name: string) => name.replace(/[^\p{L}\p{N}]/gu, '').slice(-2)
