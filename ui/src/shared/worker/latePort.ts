// A port that somebody else has to fetch: what is said before it is here waits.
import type { PortLike } from '@/shared/socket'

export class LatePort implements PortLike {
  onmessage: PortLike['onmessage'] = null
  #port: MessagePort | undefined
  #waiting: unknown[] = []

  postMessage(message: unknown): void {
    if (this.#port) this.#port.postMessage(message)
    else this.#waiting.push(message)
  }

  // attach gives the port; where there is none, nobody ever answers.
  attach(port: MessagePort | undefined): void {
    if (!port) return
    this.#port = port
    port.onmessage = (e) => this.onmessage?.(e)
    for (const message of this.#waiting.splice(0)) port.postMessage(message)
  }
}
