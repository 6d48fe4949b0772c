// A check tried on a text: what it would find, before anybody relies on it.
import { Textarea } from '@mantine/core'
import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import type { Check, Verdict } from '@/shared/wire'
import { sentence } from '@/shared/words'
import css from './checks.module.css'
import { useTry } from './useTry'

export function TryIt({ check }: { check: Check }) {
  const [text, setText] = useState('')
  const { data: verdict, error } = useTry(check, text)
  return (
    <div>
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
        {text === '' ? null : error ? error.message : verdict ? <Result verdict={verdict} /> : null}
      </p>
    </div>
  )
}

function Result({ verdict }: { verdict: Verdict }) {
  const { verdict: word, matched, from, to, line, reason, expected } = verdict
  const passes = word === 'pass'
  const Sign = passes ? CircleCheck : CircleX
  const sign = <Sign size={16} aria-hidden className={passes ? css.good : css.bad} />
  if (!matched) {
    return (
      <>
        {sign} {sentence(reason)}
      </>
    )
  }
  return (
    <>
      {sign} Line {line}:{' '}
      <code>
        {matched.slice(0, from)}
        <mark>{matched.slice(from, to)}</mark>
        {matched.slice(to)}
      </code>{' '}
      {passes ? 'passes' : `fails, expected ${expected}`}
    </>
  )
}
