// What to do next about a refusal: the remedy as a button.
import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { anHour, labMoved, usePlace, useStand } from '@/shared/reservation'
import type { Bench, Device, Fault } from '@/shared/wire'

type Props = {
  fault: Fault
  bench: Bench
  device: Device
  does?: string // what `retry` does, at the end of a label
  onRetry: () => void
  onDone: () => void // the refusal is answered
}

export function RefusalActs({ fault, bench, device, does = 'run', onRetry, onDone }: Props) {
  const stand = useStand(bench.id, device.id)
  const { act, busy } = usePlace(bench.id)
  useEffect(() => {
    if (fault.code === 'reserve_first') labMoved() // it may have been switched just now
  }, [fault])
  const reserve = async () => {
    const place = await act('reserve', { device: device.id, for_s: anHour })
    if (place?.granted) onRetry()
    else if (place) onDone()
  }
  const ask = async () => {
    if (await act('ask', { device: stand.device })) onDone() // the bar says so
  }
  if (!isOfReservation(fault) || stand.kind === 'mine') {
    return <Button onClick={onRetry}>Try again</Button>
  }
  if (stand.kind === 'free') {
    return (
      <Button disabled={busy} onClick={reserve}>
        Reserve for 1 h and {does}
      </Button>
    )
  }
  return (
    <>
      {stand.position === 0 ? (
        <Button disabled={busy} onClick={reserve}>
          Queue for 1 h
        </Button>
      ) : null}
      {stand.hasAsked ? null : (
        <Button disabled={busy} onClick={ask}>
          Ask {stand.holder?.name} for control
        </Button>
      )}
    </>
  )
}

const codes = ['reserved', 'reserve_first', 'epoch_old', 'not_yours']
const isOfReservation = (fault: Fault) => codes.includes(fault.code)
