// Regular expressions run here, so that one that explodes can be ended with its
// worker.
import { type RegexTask, work } from './regexWork'

const here = self as unknown as {
  postMessage(message: unknown): void
  onmessage: ((e: MessageEvent<RegexTask>) => void) | null
}

here.onmessage = (e) => here.postMessage(work(e.data))
here.postMessage('ready')
