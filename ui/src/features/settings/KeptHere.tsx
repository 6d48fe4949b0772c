import { Button } from '@mantine/core'
import { useState } from 'react'
import { confirm } from '@/shared/confirm'
import { storage } from '@/shared/storage'
import { toast } from '@/shared/toast'
import css from './settings.module.css'

const kept = [
  ['Settings and pins', 'By the relay, for you; a copy in this browser'],
  ['Commands you ran', 'By the relay, with their runs'],
  ['Checks and saved commands', 'By the relay, for the whole lab'],
  ['Drafts, bookmarks, what you found last', 'In this browser alone'],
  ['Sign-in', 'A cookie that scripts cannot read'],
] as const

export function KeptHere() {
  const [isEmpty, setEmpty] = useState(() => ownKeys().length === 0)
  const forget = async () => {
    const yes = await confirm({
      title: 'Forget what only this browser keeps?',
      text: 'Drafts that were not sent, bookmarks in logs and what you found last go. Settings, runs and checks stay.',
      does: 'Forget it',
      safe: 'Keep it',
      isDanger: true,
    })
    if (!yes) return
    for (const key of ownKeys()) storage.remove(key)
    setEmpty(true)
    toast({ title: 'Forgotten', tone: 'ok' })
  }
  return (
    <>
      <dl className={css.kept}>
        {kept.map(([what, where]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{where}</dd>
          </div>
        ))}
      </dl>
      <Button disabled={isEmpty} onClick={forget}>
        Forget what only this browser keeps…
      </Button>
    </>
  )
}

// All but the copy of the settings, which would come back at once.
const ownKeys = () => storage.keys('').filter((key) => key !== 'settings')
