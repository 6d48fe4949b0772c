// The sign-in page: a name and the relay's token. A single-use link comes here
// too when it could not be redeemed.
import { Button, PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { signIn } from '@/shared/http/api'
import { FaultNote, Mark } from '@/shared/parts'
import type { Fault } from '@/shared/wire'
import { NameField } from './NameField'
import css from './signin.module.css'
import { useSubmit } from './useSubmit'

type Props = { fault: Fault | undefined; onSignedIn: () => void }

export function SignIn({ fault: before, onSignedIn }: Props) {
  const [name, setName] = useState('')
  const [token, setToken] = useState('')
  const { busy, fault, submit } = useSubmit(async () => {
    await signIn(token.trim(), name.trim())
    onSignedIn()
  }, before)
  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={submit}>
        <Mark size={32} />
        <h1>Sign in to Farbench</h1>
        <NameField isFirst value={name} onChange={setName} />
        <PasswordInput
          label="Token"
          size="md"
          name="token"
          autoComplete="current-password"
          value={token}
          onChange={(e) => setToken(e.currentTarget.value)}
        />
        {fault ? <FaultNote fault={fault} /> : null}
        <Button
          type="submit"
          size="md"
          variant="filled"
          disabled={!token.trim() || !name.trim() || busy}
        >
          Sign in
        </Button>
        <p>
          On the relay’s machine, <code>farbench link</code> prints a link that signs you in without
          a token. Already signed in elsewhere? Choose <b>Use another device</b> there.
        </p>
      </form>
    </main>
  )
}
