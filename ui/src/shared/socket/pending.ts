import type { RequestError } from './frames'

// A question that was sent and waits for its answer.
export type Pending = {
  resolve: (d: unknown) => void
  reject: (e: RequestError) => void
  timer: ReturnType<typeof setTimeout>
}
