// Looking for text: literal or a pattern, n of m, and what is wrong with a
// pattern in words.
import { ChevronDown, ChevronUp, CircleAlert, Search as Glass, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId } from 'react'
import { useStore } from 'zustand'
import type { Log } from '@/shared/log'
import { count } from '@/shared/words'
import type { View } from './address'
import css from './search.module.css'
import { Toggle } from './Toggle'
import type { Steps } from './useSteps'

type Props = {
  log: Log
  search: View['search']
  steps: Steps
  field: RefObject<HTMLInputElement | null>
  onChange: (search: View['search']) => void
  onLeave: () => void
}

export function Search({ log, search, steps, field, onChange, onLeave }: Props) {
  const found = useStore(log.state, (s) => s.found)
  const note = useId()
  const fault = search.text ? found?.fault : undefined
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Enter') void steps.step('hit', e.shiftKey ? -1 : 1)
    else if (e.key === 'Escape') onLeave()
    else return
    e.preventDefault()
  }
  return (
    <search className={css.search} aria-label="This log">
      <div className={`${css.box} ${fault ? css.faulty : ''}`}>
        <Glass size={16} aria-hidden />
        <input
          ref={field}
          value={search.text}
          onChange={(e) => onChange({ ...search, text: e.currentTarget.value })}
          onKeyDown={onKeyDown}
          placeholder="Search"
          aria-label="Search this log"
          aria-invalid={fault !== undefined}
          aria-describedby={note}
          maxLength={1000}
          spellCheck={false}
          autoComplete="off"
        />
        {search.text ? (
          <>
            {fault ? (
              <CircleAlert size={16} className={css.alert} aria-hidden />
            ) : (
              <span className={css.total} role="status">
                {totalOf(found, steps.at?.index)}
              </span>
            )}
            <button
              type="button"
              className={css.step}
              aria-label="Previous match"
              title="Previous match, N"
              onClick={() => void steps.step('hit', -1)}
            >
              <ChevronUp size={16} aria-hidden />
            </button>
            <button
              type="button"
              className={css.step}
              aria-label="Next match"
              title="Next match, n"
              onClick={() => void steps.step('hit', 1)}
            >
              <ChevronDown size={16} aria-hidden />
            </button>
            <button
              type="button"
              className={css.step}
              aria-label="Clear the search"
              onClick={() => {
                onChange({ ...search, text: '' })
                field.current?.focus()
              }}
            >
              <X size={14} aria-hidden />
            </button>
          </>
        ) : (
          <kbd>/</kbd>
        )}
        <Toggle
          isOn={search.isRegex}
          label="Regular expression"
          onToggle={(isRegex) => onChange({ ...search, isRegex })}
        >
          .*
        </Toggle>
        <Toggle
          isOn={search.matchCase}
          label="Match case"
          onToggle={(matchCase) => onChange({ ...search, matchCase })}
        >
          Aa
        </Toggle>
      </div>
      <p id={note} className={css.fault} role={fault ? 'alert' : undefined} hidden={!fault}>
        {fault}
      </p>
    </search>
  )
}

function totalOf(found: { total: number; busy: boolean } | undefined, index?: number): string {
  if (!found) return ''
  if (found.total === 0) return found.busy ? 'searching' : 'no match'
  const total = `${count(found.total)}${found.busy ? '…' : ''}`
  return index === undefined || index > found.total ? total : `${count(index)} of ${total}`
}
