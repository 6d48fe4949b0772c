// The connection and the runs' lines live in a worker: a flood leaves the page
// its time.
import type { Link } from '@/shared/socket'
import { Remote } from './remote'

export function openLink(url: string): Link {
  const worker = new Worker(new URL('./farbench.worker.ts', import.meta.url), { type: 'module' })
  const remote = new Remote(url, (message, transfer) => worker.postMessage(message, transfer ?? []))
  worker.onmessage = (e) => remote.take(e.data)
  // What fails in there leaves rooms or lines half done: nothing of it is used
  // any more.
  worker.onerror = (e) => {
    worker.terminate()
    remote.died(e.message)
  }
  worker.onmessageerror = () => {
    worker.terminate()
    remote.died('a message could not be read')
  }
  return remote
}
