import { Lock } from 'lucide-react'
import { Hidden } from '@/shared/parts'
import { clockTime, useStand } from '@/shared/reservation'
import css from './benches.module.css'

// Whose a device is, and until when; nothing where it is free.
export function Owner({ bench, device }: { bench: string; device: string }) {
  const { kind, holder, until, queue } = useStand(bench, device)
  if (kind === 'free') return null
  return (
    <span className={`${css.owner} ${kind === 'mine' ? css.mine : ''}`}>
      <Lock size={12} strokeWidth={1.75} aria-hidden />
      <span>{kind === 'mine' ? 'Yours' : holder?.name}</span>
      <small>until {clockTime(until)}</small>
      {queue.length > 0 ? <Hidden>, {queue.length} waiting</Hidden> : null}
    </span>
  )
}
