// The whole of what was asked, where the title shows a part of it.
import { Button } from '@mantine/core'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { CopyButton } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import css from './run.module.css'

const shortEnough = 72 // characters that a title holds on most screens

export const isMore = ({ check, command }: Run): boolean =>
  check !== undefined || command.trim().includes('\n') || command.length > shortEnough

export const wordOf = ({ command }: Run): string =>
  command.trim().includes('\n') ? 'script' : 'command'

type Props = { run: Run; isOpen: boolean; onOpen: (isOpen: boolean) => void }

export function CommandToggle({ run, isOpen, onOpen }: Props) {
  const Sign = isOpen ? ChevronUp : ChevronDown
  return (
    <Button
      variant="subtle"
      color="gray"
      size="xs"
      className={css.toggle}
      aria-expanded={isOpen}
      rightSection={<Sign size={14} aria-hidden />}
      onClick={() => onOpen(!isOpen)}
    >
      {isOpen ? 'Hide' : 'Show'} {wordOf(run)}
    </Button>
  )
}

export function Command({ run }: { run: Run }) {
  return (
    <section className={css.command} aria-label={`The ${wordOf(run)}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre tabIndex={0}>{run.command}</pre>
      <CopyButton text={run.command}>Copy {wordOf(run)}</CopyButton>
    </section>
  )
}
