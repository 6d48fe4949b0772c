// The worker itself: joins the host to its socket, its sources and its ports.
import { whyNot } from '@/shared/http/api'
import { RegexRunner, sourceOf } from '@/shared/log/data'
import { Socket } from '@/shared/socket/socket'
import { Host } from './host'
import type { ToWorker } from './messages'

const here = self as unknown as {
  postMessage(message: unknown): void
  onmessage: ((e: MessageEvent<ToWorker>) => void) | null
}

const host = new Host(
  {
    socket: (url, stream) => new Socket({ url, diagnose: whyNot, stream }),
    runner: () =>
      new RegexRunner(
        new Worker(new URL('../log/data/regex.worker.ts', import.meta.url), { type: 'module' }),
      ),
    source: sourceOf,
  },
  (message) => here.postMessage(message),
)
here.onmessage = (e) => host.take(e.data)
