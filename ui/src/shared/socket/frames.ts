// What travels on /ws, farbench.v1. Unknown kinds and fields are passed over.
import type { Fault, Frame } from '@/shared/wire'

export const version = 1

// Closes from 4500 on are final: coming back would end the same way.
export const isFinal = (code: number) => code >= 4500 && code <= 4999
export const signsOut = (code: number) => code === 4501 || code === 4504

// A text frame holds messages joined by newlines. One that cannot be read is
// left out: the numbers of lines and requests show what is missing.
export function* messages(data: string): Generator<Frame> {
  let from = 0
  while (from < data.length) {
    let to = data.indexOf('\n', from)
    if (to < 0) to = data.length
    if (to > from) {
      const frame = parse(data.slice(from, to))
      if (frame) yield frame
    }
    from = to + 1
  }
}

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 't' in value) return value as Frame
  } catch {
    // Not ours to repair.
  }
  return undefined
}

// RequestError is a refusal, or no answer. `sent` says whether the request may
// have taken effect: what was not sent will not run later.
export class RequestError extends Error {
  readonly fault: Fault
  readonly sent: boolean

  constructor(fault: Fault, sent: boolean) {
    super(fault.message)
    this.name = 'RequestError'
    this.fault = fault
    this.sent = sent
  }
}

export const notConnected: Fault = {
  code: 'not_connected',
  message: 'Not connected',
  hint: 'It was not sent and will not run later.',
  retry: true,
}

export const noAnswer: Fault = {
  code: 'no_answer',
  message: 'No answer came',
  hint: 'It may have started. Asking again is safe: the same run never starts twice.',
  retry: true,
}
