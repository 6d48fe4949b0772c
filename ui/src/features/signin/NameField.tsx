import { TextInput } from '@mantine/core'

const longest = 40

type Props = {
  value: string
  onChange: (name: string) => void
  isFirst?: boolean
  label?: string
  description?: string
}

// What the others call one. The relay says which names it does not take.
export function NameField({ value, onChange, isFirst = false, label, description }: Props) {
  return (
    <TextInput
      label={label ?? 'Your name'}
      description={description}
      size="md"
      name="username"
      autoComplete="username"
      spellCheck={false}
      dir="auto"
      maxLength={longest}
      autoFocus={isFirst}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  )
}
