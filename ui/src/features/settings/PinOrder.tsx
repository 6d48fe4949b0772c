import { ActionIcon } from '@mantine/core'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useLab } from '@/shared/lab'
import { changeSettings, useSettings } from '@/shared/settings'
import { toast } from '@/shared/toast'
import css from './settings.module.css'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

export function PinOrder() {
  const pins = useSettings((s) => s.pins)
  const benches = useLab((s) => s.benches)
  const move = (from: number, by: number) => {
    const next = [...pins]
    next.splice(from + by, 0, ...next.splice(from, 1))
    changeSettings({ pins: next })
  }
  const remove = (id: string) => {
    changeSettings({ pins: pins.filter((pin) => pin !== id) })
    toast({
      title: 'Unpinned',
      text: id,
      action: { label: 'Undo', run: () => changeSettings({ pins }) },
    })
  }
  if (pins.length === 0) {
    return <p className={css.none}>None. The star of a bench pins it to the sidebar.</p>
  }
  return (
    <ol className={css.pins}>
      {pins.map((id, i) => {
        const name = benches.find((b) => b.id === id)?.name
        return (
          <li key={id}>
            <span>
              {name ?? id} {name ? null : <small>not in this lab now</small>}
            </span>
            <ActionIcon aria-label={`Move ${id} up`} disabled={i === 0} onClick={() => move(i, -1)}>
              <ArrowUp {...icon} />
            </ActionIcon>
            <ActionIcon
              aria-label={`Move ${id} down`}
              disabled={i === pins.length - 1}
              onClick={() => move(i, 1)}
            >
              <ArrowDown {...icon} />
            </ActionIcon>
            <ActionIcon aria-label={`Unpin ${id}`} onClick={() => remove(id)}>
              <X {...icon} />
            </ActionIcon>
          </li>
        )
      })}
    </ol>
  )
}
