// One run's room and its lines, for as many handles as look at it.
import type { RoomHandlers, Taken } from '@/shared/socket'
import type { Block, Fault, Run } from '@/shared/wire'
import type { Phase } from '../log'
import { blockOf } from './columns'
import { LineStore, type Source } from './store'

export type Rooms = {
  enter(name: string, handlers: RoomHandlers, options?: { resume?: boolean }): () => void
}

const notSent = 'the relay did not send them'
const budget = 192 * 1024 * 1024 // bytes of text

export class Feed {
  readonly store: LineStore
  run: Run | undefined
  fault: Fault | undefined
  phase: Phase = 'loading'
  readonly #watchers = new Set<() => void>()
  readonly #leave: () => void
  #ahead = 0

  constructor(rooms: Rooms, id: string, source: Source, textAtMost = budget) {
    this.store = new LineStore(source, textAtMost)
    this.store.watch(() => this.#changed())
    this.#leave = rooms.enter(`run:${id}`, this.#handlers(), { resume: true })
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  close(): void {
    this.#leave()
  }

  #handlers(): RoomHandlers {
    const become = (phase: Phase) => {
      if (this.phase !== 'over') this.phase = phase
      this.#changed()
    }
    return {
      snapshot: (d) => {
        this.run = d as Run
        this.fault = undefined
        become('replay')
      },
      event: (ev, d) => {
        if (ev === 'block') return this.#take(blockOf(d))
        if (ev === 'end') {
          this.run = d as Run
          this.store.skip(this.run.lines + 1, notSent)
          become('over')
        }
        return 'taken'
      },
      live: () => become('live'),
      lag: () => become('behind'),
      refused: (code, message, hint) => {
        this.fault = { code, message, hint }
        this.#changed()
      },
    }
  }

  // What is no block is left out: the next one is ahead then.
  // A block that is ahead is answered by entering the room again; where that
  // brings the same block, what is between did not come and shows as such.
  #take(block: Block | undefined): Taken {
    if (!block) return 'have'
    const taken = this.store.append(block)
    if (taken !== 'ahead') return taken
    if (this.#ahead !== this.store.next) {
      this.#ahead = this.store.next
      return 'ahead'
    }
    this.store.skip(block.first, notSent)
    return this.store.append(block)
  }

  #changed(): void {
    for (const changed of this.#watchers) changed()
  }
}
