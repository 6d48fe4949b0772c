import { ActionIcon } from '@mantine/core'
import { Star } from 'lucide-react'
import { changeSettings, settings, useSettings } from '@/shared/settings'
import type { Bench } from '@/shared/wire'
import css from './benches.module.css'

export function Pin({ bench }: { bench: Bench }) {
  const isPinned = useSettings((s) => s.pins.includes(bench.id))
  return (
    <ActionIcon
      className={`${css.pin} ${isPinned ? css.pinned : ''}`}
      aria-label={`Pin ${bench.name || bench.id}`}
      aria-pressed={isPinned}
      onClick={() => togglePin(bench.id)}
    >
      <Star size={16} strokeWidth={1.75} fill={isPinned ? 'currentColor' : 'none'} />
    </ActionIcon>
  )
}

export function togglePin(id: string): void {
  const { pins } = settings.getState()
  changeSettings({ pins: pins.includes(id) ? pins.filter((p) => p !== id) : [...pins, id] })
}
