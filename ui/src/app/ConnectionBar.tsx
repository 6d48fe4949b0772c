// The loss of the connection: a bar, never a modal. What the page shows stays.
import { Button } from '@mantine/core'
import { Cable, CircleCheck, Unplug, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Bar, useLate, useNow } from '@/shared/parts'
import { useConnection, useSocket } from '@/shared/socket'
import { time } from '@/shared/words'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const saidFor = 4000

export function ConnectionBar() {
  const socket = useSocket()
  const { phase, asOf, retryAt, times, reason, via } = useConnection((c) => c)
  const [isHidden, setHidden] = useState(false)
  const isLost =
    phase === 'waiting' || (phase === 'connecting' && (asOf !== undefined || reason !== ''))
  const isShown = useLate(isLost, 400) // a relay that drains is back before that
  const isBack = useBack(times, isShown)
  const now = useNow(isLost, 500)
  if (isShown) {
    const wait = retryAt === undefined ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000))
    const trying =
      phase === 'connecting' || wait === 0 ? 'Trying again now.' : `Trying again in ${wait} s.`
    return (
      <Bar
        tone="warn"
        icon={<WifiOff {...icon} />}
        title={times > 0 ? 'Connection lost.' : 'The relay does not answer.'}
        action={<Button onClick={() => socket.connect()}>Try now</Button>}
      >
        {asOf ? `Data as of ${time(asOf)}. ` : ''}
        {trying}
      </Bar>
    )
  }
  if (phase === 'off' && times > 0) {
    return (
      <Bar
        tone="warn"
        icon={<Unplug {...icon} />}
        title="Disconnected."
        action={<Button onClick={() => socket.connect()}>Connect</Button>}
      >
        {asOf ? `Data as of ${time(asOf)}.` : ''} Runs go on without this page.
      </Bar>
    )
  }
  if (phase === 'connected' && via === 'events' && !isHidden) {
    return (
      <Bar
        tone="ok"
        icon={<Cable {...icon} />}
        title="Connected without WebSocket."
        action={<Button onClick={() => setHidden(true)}>Hide</Button>}
      >
        A little slower, nothing missing.
      </Bar>
    )
  }
  if (isBack) {
    return (
      <Bar tone="ok" icon={<CircleCheck {...icon} />} title="Connected again.">
        What came meanwhile is here.
      </Bar>
    )
  }
  return null
}

// True for a while after a loss that was shown.
function useBack(times: number, wasShown: boolean): boolean {
  const [lostAt, setLostAt] = useState<number>()
  const [isBack, setBack] = useState(false)
  useEffect(() => {
    if (wasShown) setLostAt(times)
  }, [wasShown, times])
  useEffect(() => {
    if (lostAt === undefined || lostAt === 0 || times <= lostAt) return
    setLostAt(undefined)
    setBack(true)
  }, [times, lostAt])
  useEffect(() => {
    if (!isBack) return
    const timer = setTimeout(() => setBack(false), saidFor)
    return () => clearTimeout(timer)
  }, [isBack])
  return isBack
}
