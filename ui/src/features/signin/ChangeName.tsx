import { Button } from '@mantine/core'
import { useState } from 'react'
import { rename } from '@/shared/http/api'
import { Dialog, FaultNote } from '@/shared/parts'
import { NameField } from './NameField'
import css from './signin.module.css'
import { useSubmit } from './useSubmit'

type Props = { name: string; onChanged: () => void; onClose: () => void }

export function ChangeName({ name: before, onChanged, onClose }: Props) {
  const [name, setName] = useState(before)
  const { busy, fault, submit } = useSubmit(async () => {
    await rename(name.trim())
    onChanged()
    onClose()
  })
  return (
    <Dialog className={css.dialog} aria-labelledby="change-name" onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="change-name">Change your name</h2>
        <NameField
          isFirst
          description="Runs that you started keep the name that you had."
          value={name}
          onChange={setName}
        />
        {fault ? <FaultNote fault={fault} /> : null}
        <div className={css.foot}>
          <Button size="md" onClick={onClose}>
            Keep {before}
          </Button>
          <Button
            size="md"
            variant="filled"
            type="submit"
            disabled={busy || !name.trim() || name.trim() === before}
          >
            Change
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
