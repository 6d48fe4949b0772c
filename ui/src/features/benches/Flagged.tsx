import { Hand } from 'lucide-react'
import type { Bench } from '@/shared/wire'
import css from './benches.module.css'

// Somebody stands at the bench, and said so there.
export function Flagged({ bench: { flag } }: { bench: Bench }) {
  if (!flag) return null
  const says = `Someone is at this bench${flag.note ? `: ${flag.note}` : ''}`
  return (
    <span className={css.flag} role="img" aria-label={says} title={says}>
      <Hand size={16} strokeWidth={1.75} aria-hidden />
    </span>
  )
}
