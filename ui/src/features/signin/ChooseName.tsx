// Who came by a link that names nobody says who they are.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { rename } from '@/shared/http/api'
import { FaultNote, Mark } from '@/shared/parts'
import { NameField } from './NameField'
import css from './signin.module.css'
import { useSubmit } from './useSubmit'

export function ChooseName({ onChosen }: { onChosen: () => void }) {
  const [name, setName] = useState('')
  const { busy, fault, submit } = useSubmit(async () => {
    await rename(name.trim())
    onChosen()
  })
  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={submit}>
        <Mark size={32} />
        <h1>Who are you?</h1>
        <NameField
          isFirst
          description="Others in the lab see it: on runs that you start, and on benches that you reserve."
          value={name}
          onChange={setName}
        />
        {fault ? <FaultNote fault={fault} /> : null}
        <Button type="submit" size="md" variant="filled" disabled={!name.trim() || busy}>
          Continue
        </Button>
      </form>
    </main>
  )
}
