// Somebody stands at the bench: what could hurt them or their work asks first.
import { Hand } from 'lucide-react'
import { Bar } from '@/shared/parts'
import type { Bench } from '@/shared/wire'
import { ago, sentence } from '@/shared/words'

export function FlagBar({ bench }: { bench: Bench }) {
  if (!bench.flag) return null
  const { note, since } = bench.flag
  return (
    <Bar
      tone="warn"
      icon={<Hand size={16} strokeWidth={1.75} aria-hidden />}
      title="Someone is at this bench."
    >
      {note ? <bdi>{sentence(cut(note))}</bdi> : null} Commands that could hurt ask first. Set{' '}
      {ago(Date.parse(since))}.
    </Bar>
  )
}

const longest = 160
const cut = (note: string) => (note.length > longest ? `${note.slice(0, longest)}…` : note)
