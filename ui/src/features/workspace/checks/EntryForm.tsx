// One check, or one saved command. What the relay refused stands at its field.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { ListChecks, Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Check, Expect } from '@/shared/wire'
import { sentence } from '@/shared/words'
import css from './checks.module.css'
import type { Any, Section } from './document'
import { TryIt } from './TryIt'

type Props = {
  section: Section
  entry: Any
  mistakes: Map<string, string> | undefined
  onChange: (entry: Any) => void
  onRemove: () => void
  onMakeCheck: () => void
}

export function EntryForm({ section, entry, mistakes, onChange, onRemove, onMakeCheck }: Props) {
  const first = useRef<HTMLInputElement>(null)
  const isNew = entry.label === ''
  useEffect(() => {
    if (isNew) first.current?.focus()
  }, [isNew])
  const wrong = (field: string) => {
    const message = mistakes?.get(field)
    return message ? sentence(message) : undefined
  }
  const isCheck = section === 'checks'
  return (
    <section className={css.form} aria-label={isCheck ? 'Check' : 'Saved command'}>
      {mistakes?.get('') ? <p className={css.bad}>{sentence(mistakes.get('') ?? '')}</p> : null}
      <TextInput
        ref={first}
        label="Name"
        maxLength={80}
        value={entry.label}
        error={wrong('label')}
        onChange={(e) => onChange({ ...entry, label: e.currentTarget.value })}
      />
      <Textarea
        label="Command"
        classNames={{ input: css.mono ?? '' }}
        rows={Math.min(8, Math.max(2, entry.command.split('\n').length))}
        spellCheck={false}
        value={entry.command}
        error={wrong('command')}
        onChange={(e) => onChange({ ...entry, command: e.currentTarget.value })}
      />
      {isCheck ? <CheckFields check={entry as Check} wrong={wrong} onChange={onChange} /> : null}
      <div className={css.acts}>
        {isCheck ? null : (
          <Button leftSection={<ListChecks size={14} aria-hidden />} onClick={onMakeCheck}>
            Make a check of it
          </Button>
        )}
        <span className={css.space} />
        <Button
          className={css.danger}
          leftSection={<Trash2 size={14} aria-hidden />}
          onClick={onRemove}
        >
          Remove
        </Button>
      </div>
    </section>
  )
}

type FieldsProps = {
  check: Check
  wrong: (field: string) => string | undefined
  onChange: (check: Check) => void
}

function CheckFields({ check, wrong, onChange }: FieldsProps) {
  const { kind, value } = parts(check.expect ?? {})
  return (
    <>
      <TextInput
        label="Pattern"
        description="Its first named group is the value, as in versionName=(?<version>\S+). Without a pattern the exit code decides."
        classNames={{ input: css.mono ?? '' }}
        spellCheck={false}
        value={check.pattern}
        error={wrong('pattern')}
        onChange={(e) => onChange({ ...check, pattern: e.currentTarget.value })}
      />
      <div className={css.pair}>
        <NativeSelect
          label="Expected"
          data={kinds}
          disabled={!check.pattern}
          value={kind}
          onChange={(e) => onChange({ ...check, expect: whole(e.currentTarget.value, value) })}
        />
        {kind ? (
          <TextInput
            label="Value"
            classNames={{ input: css.mono ?? '' }}
            inputMode={isNumeric(kind) ? 'decimal' : 'text'}
            spellCheck={false}
            value={value}
            error={wrong('expect')}
            onChange={(e) => onChange({ ...check, expect: whole(kind, e.currentTarget.value) })}
          />
        ) : null}
      </div>
      <div className={css.pair}>
        <TextInput
          label="Models"
          description="Empty: every device. With * and ?, apart by commas."
          value={(check.models ?? []).join(', ')}
          placeholder="HU5*, IC4*"
          error={wrong('models')}
          onChange={(e) => onChange({ ...check, models: models(e.currentTarget.value) })}
        />
        <TextInput
          label="May take, seconds"
          description="Empty: as long as any run"
          inputMode="numeric"
          value={check.timeout_s ? String(check.timeout_s) : ''}
          error={wrong('timeout_s')}
          onChange={(e) => {
            const n = Number.parseInt(e.currentTarget.value, 10)
            onChange({ ...check, timeout_s: Number.isNaN(n) ? undefined : n })
          }}
        />
      </div>
      <TryIt check={check} />
    </>
  )
}

const kinds = [
  { value: '', label: 'anything found' },
  { value: 'is', label: 'is' },
  { value: 'not', label: 'is not' },
  { value: 'below', label: 'is below' },
  { value: 'above', label: 'is above' },
  { value: 'matches', label: 'matches' },
]

const isNumeric = (kind: string) => kind === 'below' || kind === 'above'

function parts(expect: Expect): { kind: string; value: string } {
  const [kind = '', value] = Object.entries(expect).find(([, v]) => v !== undefined) ?? []
  return { kind, value: value === undefined ? '' : String(value) }
}

// A number that is not one yet stays as typed: the relay says what is wrong.
function whole(kind: string, value: string): Expect {
  if (kind === '') return {}
  const number = Number(value)
  const isNumber = isNumeric(kind) && value.trim() !== '' && Number.isFinite(number)
  const isDone = isNumber && String(number) === value
  return { [kind]: isDone ? number : value } as Expect
}

// Spaces and commas that are being typed stay.
function models(text: string): string[] | undefined {
  const all = text.split(',').map((m) => m.trimStart())
  return all.length === 1 && all[0] === '' ? undefined : all
}
