// One worker for one regular expression: a task at a time, and a second each.
import type { RegexTask } from './regexWork'

// WorkerLike is what is used of a Worker.
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((e: MessageEvent) => void) | null
  onerror: ((e: ErrorEvent) => void) | null
}

const within = 1000 // ms

type Waiting = {
  task: RegexTask
  about: string
  resolve: (answer: never) => void
  reject: (e: Error) => void
}

export class RegexRunner {
  readonly #worker: WorkerLike
  #queue: Waiting[] = [] // bounded by its askers: each waits for its answer
  #now: Waiting | undefined
  #isReady = false
  #ended: Error | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(worker: WorkerLike) {
    this.#worker = worker
    worker.onmessage = (e) => {
      if (e.data === 'ready') this.#isReady = true
      else {
        clearTimeout(this.#timer)
        this.#now?.resolve(e.data as never)
        this.#now = undefined
      }
      this.#next()
    }
    worker.onerror = (e) =>
      this.#end(
        new Error(
          e.message || (this.#isReady ? 'The search stopped' : 'The search could not be loaded'),
        ),
      )
  }

  ask<T>(task: RegexTask, about: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      this.#queue.push({ task, about, resolve, reject })
      this.#next()
    })
  }

  close(): void {
    this.#end(new Error('closed'))
  }

  #next(): void {
    if (this.#now || !this.#isReady || this.#ended) return
    this.#now = this.#queue.shift()
    if (!this.#now) return
    const { about, task } = this.#now
    this.#timer = setTimeout(() => this.#end(new Error(`Takes too long on ${about}`)), within)
    this.#worker.postMessage(task)
  }

  #end(why: Error): void {
    if (this.#ended) return
    this.#ended = why
    clearTimeout(this.#timer)
    this.#worker.terminate()
    for (const waiting of [...(this.#now ? [this.#now] : []), ...this.#queue]) waiting.reject(why)
    this.#queue = []
  }
}
