import { Button } from '@mantine/core'
import { FaultNote } from '@/shared/parts'
import { useConnection, useSocket } from '@/shared/socket'
import css from './fallbacks.module.css'

// The relay will not have this page, and trying again alone would not help.
export function Refused() {
  const socket = useSocket()
  const reason = useConnection((c) => c.reason)
  return (
    <main className={css.alone}>
      <FaultNote
        fault={{
          code: 'refused',
          message: 'The relay refused the connection',
          hint: reason || 'This page may be older than the relay: reload it.',
        }}
      >
        <Button onClick={() => location.reload()}>Reload</Button>
        <Button variant="subtle" color="gray" onClick={() => socket.connect()}>
          Try again
        </Button>
      </FaultNote>
    </main>
  )
}
