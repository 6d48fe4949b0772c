// The loss of the connection: a bar, never a modal. What the page shows stays.
import { Button } from '@mantine/core'
import { Cable, CircleCheck, CircleX, RefreshCw, Unplug, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Bar, useLate } from '@/shared/parts'
import { useConnection, useSocket } from '@/shared/socket'
import { plural, sentence, time } from '@/shared/words'
import { useBack } from './useBack'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const newerVersion = 4502

export function ConnectionBar() {
  const socket = useSocket()
  const { phase, asOf, retryAt, times, reason, code, via } = useConnection((c) => c)
  const [isHidden, setHidden] = useState(false)
  const isLost =
    phase === 'waiting' || (phase === 'connecting' && (asOf !== undefined || reason !== ''))
  const isShown = useLate(isLost, 400) // a relay that drains is back before that
  const back = useBack(times, isShown)
  const now = useTick(isLost)
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
  // Not a moment for a modal: what was typed is still to be copied.
  if (phase === 'refused') {
    return (
      <Bar
        tone="warn"
        icon={<RefreshCw {...icon} />}
        title={
          code === newerVersion
            ? 'This relay speaks a newer version.'
            : 'The relay refused the connection.'
        }
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        {asOf ? `Data as of ${time(asOf)}. ` : ''}
        {code === newerVersion ? 'Reload the page to go on.' : sentence(reason)}
      </Bar>
    )
  }
  if (phase === 'stopped') {
    return (
      <Bar
        tone="danger"
        icon={<CircleX {...icon} />}
        title="This page has stopped."
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        {asOf ? `Data as of ${time(asOf)}. ` : ''}
        Reload it to go on; runs go on without it. {sentence(reason)}
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
  if (back) {
    return (
      <Bar tone="ok" icon={<CircleCheck {...icon} />} title="Connected again.">
        {back.lines === undefined
          ? 'What came meanwhile is on its way.'
          : back.lines === 0
            ? 'Nothing was missed.'
            : back.lines === 1
              ? 'The line that came meanwhile is here.'
              : `All ${plural(back.lines, 'line')} that came meanwhile are here.`}
      </Bar>
    )
  }
  if (phase === 'connected' && via === 'events' && !isHidden) {
    return (
      <Bar
        tone="accent"
        icon={<Cable {...icon} />}
        title="Connected without WebSocket."
        action={<Button onClick={() => setHidden(true)}>Hide</Button>}
      >
        A little slower, nothing missing.
      </Bar>
    )
  }
  return null
}

// This PC's own clock, for the next attempt: it was set by it.
function useTick(ticks: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!ticks) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [ticks])
  return now
}
