// The relay's time. A PC whose clock is off by more than a few seconds would
// show runs that began in the future: elapsed times follow the relay's clock
// instead, and a note says so. Never used for what only this page knows, such as
// the next attempt to connect.
import { createStore } from 'zustand/vanilla'

const tolerated = 5_000

// `off`: how far this PC is ahead of the relay (ms), 0 while that is tolerable.
export const clock = createStore<{ off: number }>(() => ({ off: 0 }))

export const relayNow = (): number => Date.now() - clock.getState().off

// heardDate takes the Date of an answer, which has whole seconds and was written
// somewhere between asking and hearing.
export function heardDate(date: string | null, askedAt: number, heardAt: number): void {
  const at = Date.parse(date ?? '')
  if (Number.isNaN(at)) return
  const off = Math.round((askedAt + heardAt) / 2 - (at + 500))
  const unsure = (heardAt - askedAt) / 2 + 500
  const next = Math.abs(off) > tolerated + unsure ? off : 0
  const { off: before } = clock.getState()
  // Measured again and again: what differs by less than it is unsure stays.
  if (next === 0 ? before !== 0 : Math.abs(next - before) > unsure + 500)
    clock.setState({ off: next })
}
