// Opening the event stream: the browser's shared one, or one's own.
import { EventsWire } from './events'
import { type PortLike, PortWire } from './port'
import type { Wire } from './wire'

// streamPort reaches the SharedWorker. Only a page can construct one: where the
// socket lives in a worker, the page hands the port over.
export function streamPort(): MessagePort | undefined {
  if (typeof SharedWorker === 'undefined') return undefined
  try {
    // In one expression: only so the bundler sees that it is a worker.
    return new SharedWorker(new URL('./stream.worker.ts', import.meta.url), {
      type: 'module',
      name: 'farbench-stream',
    }).port
  } catch {
    return undefined
  }
}

export function openStream(port: PortLike | undefined): Wire {
  return port ? new PortWire(port, () => new EventsWire()) : new EventsWire()
}
