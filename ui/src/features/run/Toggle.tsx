import type { ReactNode } from 'react'
import css from './search.module.css'

type Props = {
  isOn: boolean
  label: string
  onToggle: (isOn: boolean) => void
  children: ReactNode
}

// A small switch inside of a field.
export function Toggle({ isOn, label, onToggle, children }: Props) {
  return (
    <button
      type="button"
      className={css.toggle}
      aria-pressed={isOn}
      aria-label={label}
      title={label}
      onClick={() => onToggle(!isOn)}
    >
      {children}
    </button>
  )
}
