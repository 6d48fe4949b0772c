import { Hand } from 'lucide-react'
import type { Bench } from '@/shared/wire'
import css from './benches.module.css'

// Somebody stands at the bench, and said so there.
export function Flagged({ bench: { flag } }: { bench: Bench }) {
  if (!flag) return null
  return (
    <p className={css.flag}>
      <Hand size={16} strokeWidth={1.75} aria-hidden />
      <span title={flag.note || undefined}>
        Someone is at this bench{flag.note ? ': ' : ''}
        <bdi>{flag.note}</bdi>
      </span>
    </p>
  )
}
