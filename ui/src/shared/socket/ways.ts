// Which wire is next. A WebSocket is always preferred; where it is cut before
// welcome twice in a row, or nothing answers, while plain HTTP works, an event
// stream takes its place for one connection.
import { version } from './frames'
import type { Via, Wire } from './wire'

const patience = 8_000
const patienceWhenBlocked = 3_000 // a proxy that swallowed it before will again

export class Ways {
  #misses = 0
  #isSilent = false
  #isBlocked = false // fallen back before, and no WebSocket since
  #via: Via = 'websocket'

  get next(): Via {
    return this.#via
  }

  // How long welcome may take.
  get patience(): number {
    return this.#isBlocked && this.#via === 'websocket' ? patienceWhenBlocked : patience
  }

  welcomed(): void {
    this.#misses = 0
    this.#isBlocked = this.#via === 'events'
  }

  // ended is called after every connection, welcomed or not. The next attempt
  // is a WebSocket again.
  ended(wasWelcomed: boolean, isSilent: boolean): void {
    if (this.#via === 'websocket' && !wasWelcomed) {
      this.#misses++
      this.#isSilent = isSilent
    }
    this.#via = 'websocket'
  }

  // httpWorks says whether to fall back now.
  httpWorks(): boolean {
    if (this.#misses === 0) return false
    if (this.#misses < 2 && !this.#isSilent && !this.#isBlocked) return false
    this.#via = 'events'
    return true
  }
}

const probeFor = 10_000

// probe says whether a WebSocket comes as far as welcome, and lets it go; the
// returned function ends it early.
export function probe(ws: Wire, welcomed: () => void): () => void {
  const end = () => {
    clearTimeout(timer)
    ws.onopen = ws.onmessage = ws.onclose = null
    ws.close(1000)
  }
  const timer = setTimeout(end, probeFor)
  ws.onopen = () => ws.send(JSON.stringify({ t: 'hello', v: version }))
  ws.onmessage = (e) => {
    if (!String(e.data).startsWith('{"t":"welcome"')) return
    end()
    welcomed()
  }
  return end
}
