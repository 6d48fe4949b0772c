import { Button } from '@mantine/core'
import { FaultNote, Hidden } from '@/shared/parts'
import { useConnection, useSocket } from '@/shared/socket'
import { sentence } from '@/shared/words'
import css from './fallbacks.module.css'

// The relay will not have this page, or the page's own program stopped: trying
// again alone would not help.
export function Refused() {
  const socket = useSocket()
  const { phase, reason } = useConnection((c) => c)
  if (phase === 'stopped') {
    return (
      <main className={css.alone}>
        <Hidden as="h1">Farbench</Hidden>
        <FaultNote
          fault={{
            code: 'stopped',
            message: 'This page could not start',
            hint: `${sentence(reason)} Reload it.`,
          }}
        >
          <Button onClick={() => location.reload()}>Reload</Button>
        </FaultNote>
      </main>
    )
  }
  return (
    <main className={css.alone}>
      <Hidden as="h1">Farbench</Hidden>
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
