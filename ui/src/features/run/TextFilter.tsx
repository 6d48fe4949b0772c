// Only lines with a text, or only those without.
import { Button, Popover, SegmentedControl } from '@mantine/core'
import { ListFilter, X } from 'lucide-react'
import { useId, useState } from 'react'
import { useStore } from 'zustand'
import type { Log } from '@/shared/log'
import { plural } from '@/shared/words'
import type { TextFilter as Value } from './address'
import run from './run.module.css'
import css from './search.module.css'
import { Toggle } from './Toggle'

type Props = { log: Log; filter: Value; onChange: (filter: Value) => void }

export function TextFilter({ log, filter, onChange }: Props) {
  const [isOpen, setOpen] = useState(false)
  const rows = useStore(log.state, (s) => (isOpen ? s.rows : 0))
  const fault = useStore(log.state, (s) => (filter.text ? s.filterFault : undefined))
  const isBusy = useStore(log.state, (s) => s.isFiltering)
  const note = useId()
  const isOn = filter.text !== ''
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button
          className={isOn ? run.on : ''}
          leftSection={<ListFilter size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
          aria-label={isOn ? `Text filter: ${wordsOf(filter)}` : 'Text filter'}
        >
          <span className={run.short}>{isOn ? wordsOf(filter) : 'Text filter'}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css.filter}>
          <SegmentedControl
            aria-label="Which lines"
            value={filter.isInverse ? 'without' : 'with'}
            onChange={(v) => onChange({ ...filter, isInverse: v === 'without' })}
            data={[
              { value: 'with', label: 'Lines with' },
              { value: 'without', label: 'Lines without' },
            ]}
          />
          <div className={`${css.box} ${fault ? css.faulty : ''}`}>
            <input
              data-autofocus
              value={filter.text}
              onChange={(e) => onChange({ ...filter, text: e.currentTarget.value })}
              onKeyDown={(e) => e.key === 'Enter' && setOpen(false)}
              placeholder="Text in the line"
              aria-label="Text in the line"
              aria-invalid={fault !== undefined}
              aria-describedby={note}
              maxLength={1000}
              spellCheck={false}
              autoComplete="off"
            />
            <Toggle
              isOn={filter.isRegex}
              label="Regular expression"
              onToggle={(isRegex) => onChange({ ...filter, isRegex })}
            >
              .*
            </Toggle>
            <Toggle
              isOn={filter.matchCase}
              label="Match case"
              onToggle={(matchCase) => onChange({ ...filter, matchCase })}
            >
              Aa
            </Toggle>
          </div>
          {fault ? (
            <p id={note} className={css.fault} role="alert">
              {fault}
            </p>
          ) : (
            <div className={css.row} id={note}>
              <span role="status">
                {isOn ? `${plural(rows, 'row')} shown${isBusy ? '…' : ''}` : ''}
              </span>
              <span className={run.space} />
              {isOn ? (
                <Button
                  variant="subtle"
                  color="gray"
                  leftSection={<X size={14} aria-hidden />}
                  onClick={() => {
                    onChange({ ...filter, text: '' })
                    setOpen(false)
                  }}
                >
                  Remove filter
                </Button>
              ) : null}
            </div>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

const wordsOf = (filter: Value) => `${filter.isInverse ? 'without' : 'with'} “${filter.text}”`
