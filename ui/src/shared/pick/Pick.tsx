// A filter that takes one of some values: a button that says what is chosen,
// with a list below, and a way to clear it.
import { Combobox, useCombobox } from '@mantine/core'
import '@mantine/core/styles/Combobox.css'
import { Check, ChevronDown, X } from 'lucide-react'
import { useState } from 'react'
import css from './pick.module.css'

export type Choice = { value: string; label: string; hint?: string }

type Props = {
  name: string
  choices: Choice[]
  value: string | undefined
  onChange: (value: string | undefined) => void
}

const searchFrom = 9

export function Pick({ name, choices, value, onChange }: Props) {
  const [text, setText] = useState('')
  const box = useCombobox({
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: () => {
      box.resetSelectedOption()
      setText('')
    },
  })
  const chosen = choices.find((c) => c.value === value)
  const shown = choices.filter((c) =>
    `${c.label} ${c.hint ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
  )
  return (
    <div className={`${css.pick} ${value === undefined ? '' : css.on}`}>
      <Combobox
        store={box}
        width={240}
        position="bottom-start"
        shadow="none"
        withinPortal
        onOptionSubmit={(v) => {
          onChange(v === value ? undefined : v)
          box.closeDropdown()
        }}
      >
        <Combobox.Target targetType="button" withAriaAttributes={false}>
          <button
            type="button"
            className={css.button}
            aria-haspopup="listbox"
            aria-expanded={box.dropdownOpened}
            onClick={() => box.toggleDropdown()}
          >
            {value === undefined ? name : `${name}: ${chosen?.label ?? value}`}
            {value === undefined ? <ChevronDown size={14} strokeWidth={1.75} aria-hidden /> : null}
          </button>
        </Combobox.Target>
        <Combobox.Dropdown className={css.dropdown}>
          {choices.length >= searchFrom ? (
            <Combobox.Search
              value={text}
              aria-label={`Find in ${name.toLowerCase()}`}
              placeholder="Find"
              onChange={(e) => {
                setText(e.currentTarget.value)
                box.updateSelectedOptionIndex()
              }}
            />
          ) : null}
          <Combobox.Options className={css.options} aria-label={name}>
            {shown.map((c) => (
              <Combobox.Option key={c.value} value={c.value} className={css.option}>
                <span>{c.label}</span>
                <small>{c.hint}</small>
                {c.value === value ? <Check size={14} strokeWidth={1.75} aria-hidden /> : null}
              </Combobox.Option>
            ))}
            {shown.length === 0 ? <Combobox.Empty>Nothing to choose</Combobox.Empty> : null}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {value === undefined ? null : (
        <button
          type="button"
          className={css.clear}
          aria-label={`Clear ${name.toLowerCase()}`}
          onClick={() => onChange(undefined)}
        >
          <X size={14} strokeWidth={1.75} aria-hidden />
        </button>
      )}
    </div>
  )
}
