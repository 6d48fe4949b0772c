// A check tried on a text: what it would find, before anybody relies on it.
import { Textarea } from '@mantine/core'
import { CircleCheck, CircleX } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import type { Check } from '@/shared/wire'
import css from './checks.module.css'
import { expectation, type Tried } from './tryout'
import { useTry } from './useTry'

export function TryIt({ check }: { check: Check }) {
  const [text, setText] = useState('')
  const tried = useTry(useDeferredValue(check), useDeferredValue(text))
  return (
    <div className={css.try}>
      <Textarea
        label="Try it on a text"
        description="Paste what the command prints."
        classNames={{ input: css.mono ?? '' }}
        rows={4}
        spellCheck={false}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <p role="status" className={css.tried}>
        {tried ? <Result tried={tried} check={check} /> : null}
      </p>
    </div>
  )
}

function Result({ tried, check }: { tried: Tried; check: Check }) {
  if (tried.is === 'fault') {
    return (
      <>
        <CircleX size={16} aria-hidden className={css.bad} /> {tried.message}
      </>
    )
  }
  if (tried.is === 'none') return <>No line matches.</>
  const { matched, from, to, value, line, passes } = tried
  return (
    <>
      {passes ? (
        <CircleCheck size={16} aria-hidden className={css.good} />
      ) : (
        <CircleX size={16} aria-hidden className={css.bad} />
      )}{' '}
      Line {line}:{' '}
      <code>
        {matched.slice(0, from)}
        <mark>{value}</mark>
        {matched.slice(to)}
      </code>{' '}
      {passes ? 'passes' : `fails, expected ${expectation(check.expect)}`}
    </>
  )
}
