// The connection in one line: whether there is one, and its round trip.
import { Button, Popover } from '@mantine/core'
import { useState } from 'react'
import { type Phase, useConnection, useSocket } from '@/shared/socket'
import { pace, time, trip } from '@/shared/words'
import badge from './badge.module.css'
import css from './frame.module.css'

const words: Record<Phase, string> = {
  connected: 'Connected',
  connecting: 'Connecting',
  waiting: 'Connection lost',
  off: 'Disconnected',
  'signed-out': 'Signed out',
  refused: 'Refused',
  stopped: 'Stopped',
}

export function ConnectionBadge() {
  const socket = useSocket()
  const { phase, roundTrip, asOf, times } = useConnection((c) => c)
  const [isOpen, setOpen] = useState(false)
  const isOn = phase === 'connected'
  const known = isOn ? roundTrip : undefined
  const act = (what: () => void) => () => {
    setOpen(false)
    what()
  }
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="right-end"
      radius="md"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={css.connection}
          onClick={() => setOpen(!isOpen)}
          data-phase={phase}
        >
          <i className={isOn ? css.up : css.down} aria-hidden />
          <span>{words[phase]}</span>{' '}
          {known === undefined ? (
            <small />
          ) : (
            <small className={css[pace(known)]}>{trip(known)}</small>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={badge.pop}>
        <b>{words[phase]}</b>
        <dl>
          <dt>Relay</dt>
          <dd>{location.host}</dd>
          <dt>Round trip</dt>
          <dd>{known === undefined ? '–' : trip(known)}</dd>
          {asOf ? (
            <>
              <dt>Data as of</dt>
              <dd>{time(asOf)}</dd>
            </>
          ) : null}
          {times > 1 ? (
            <>
              <dt>Reconnected</dt>
              <dd>{times - 1} ×</dd>
            </>
          ) : null}
        </dl>
        {isOn || phase === 'waiting' || phase === 'connecting' ? (
          <Button onClick={act(() => socket.disconnect())}>Disconnect</Button>
        ) : null}
        {isOn ? null : (
          <Button variant="filled" onClick={act(() => socket.connect())}>
            Connect
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
