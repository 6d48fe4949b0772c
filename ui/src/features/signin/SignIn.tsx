// The sign-in page: the relay's token. A single-use link comes here too when
// it could not be redeemed.
import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ProblemError, signIn } from '@/shared/http/api'
import { FaultNote, Mark } from '@/shared/parts'
import type { Fault } from '@/shared/wire'
import css from './signin.module.css'

type Props = { fault: Fault | undefined; onSignedIn: () => void }

export function SignIn({ fault: before, onSignedIn }: Props) {
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState(before)

  const submit = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      await signIn(token.trim())
      onSignedIn()
    } catch (e) {
      if (!(e instanceof ProblemError)) throw e
      setFault(e.fault)
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={submit}>
        <Mark size={32} />
        <h1>Sign in to Farbench</h1>
        <PasswordInput
          label="Token"
          size="md"
          name="token"
          autoComplete="current-password"
          autoFocus
          value={token}
          onChange={(e) => setToken(e.currentTarget.value)}
        />
        {fault ? <FaultNote fault={fault} /> : null}
        <Button type="submit" size="md" variant="filled" disabled={!token.trim() || busy}>
          Sign in
        </Button>
        <p>
          On the relay’s machine, <code>farbench link</code> prints a link that signs you in without
          a token.
        </p>
      </form>
    </main>
  )
}
