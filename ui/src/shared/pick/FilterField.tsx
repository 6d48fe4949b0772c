// The text filter of a list: `/` goes there, Escape empties it and goes back.
import { ListFilter, Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useKeys } from '@/shared/keys'
import css from './pick.module.css'

const pause = 150 // in typing, before the list follows

type Props = {
  label: string
  value: string
  asks?: boolean // the relay is asked, and not only what is here
  onChange: (text: string) => void
}

export function FilterField({ label, value, asks = false, onChange }: Props) {
  const [text, setText] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const told = useRef(value)
  const latest = useRef(onChange)
  latest.current = onChange
  useKeys('Lists', { '/': { does: 'Filter by text', run: () => field.current?.select() } })
  // Changed from elsewhere: the address, or a button that clears it.
  useEffect(() => {
    if (value !== told.current) setText(value)
    told.current = value
  }, [value])
  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      latest.current(text)
    }, pause)
    return () => clearTimeout(timer)
  }, [text])
  const Icon = asks ? Search : ListFilter
  return (
    <label className={css.field}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        spellCheck={false}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return
          if (text) setText('')
          else e.currentTarget.blur()
          e.preventDefault()
        }}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  )
}
