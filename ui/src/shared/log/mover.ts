// Moves the cursor through the rows of the view, by keys that may come faster
// than the log answers: rows are counted here, lines are asked for after.
import type { Log } from './log'
import { gone, type Pane } from './pane'

export class Mover {
  readonly #log: Log
  readonly #pane: Pane
  readonly #choose: (line: number, isRange: boolean) => void
  #at: At | undefined
  #turn = 0

  constructor(log: Log, pane: Pane, choose: (line: number, isRange: boolean) => void) {
    this.#log = log
    this.#pane = pane
    this.#choose = choose
  }

  // by moves so many rows from the cursor, or from what is seen where there is
  // none: down from the first row seen, up from the last.
  async by(rows: number, cursor: number | undefined, isRange = false): Promise<void> {
    const { first, last, following } = this.#pane.state.getState()
    const known = this.#known(cursor)
    if (known === undefined && cursor === undefined) {
      await this.to(rows > 0 && !following ? first : last, cursor)
      return
    }
    const row = known ?? (await this.#log.rowOf(cursor!).catch(gone))
    if (row !== undefined) await this.to(row + rows, cursor, isRange)
  }

  async to(row: number, cursor: number | undefined, isRange = false): Promise<void> {
    const target = Math.max(0, Math.min(row, this.#pane.rows - 1))
    const turn = ++this.#turn
    const { filter } = this.#log.state.getState()
    this.#at = { row: target, line: undefined, filter, was: cursor, isSeen: false }
    this.#pane.goTo(target, 'near')
    const line = await this.#pane.lineAt(target)
    if (line === undefined || turn !== this.#turn) return
    this.#at = { ...this.#at, line }
    this.#choose(line, isRange)
  }

  // saw is told the page's cursor as it is drawn.
  saw(cursor: number | undefined): void {
    if (this.#at?.line !== undefined && this.#at.line === cursor) this.#at.isSeen = true
  }

  // known is the row where the cursor is, or is about to be: until the page has
  // drawn the line that was chosen, its cursor is the one of before.
  #known(cursor: number | undefined): number | undefined {
    const at = this.#at
    if (!at || at.filter !== this.#log.state.getState().filter) return undefined
    const isComing = at.line === undefined || (!at.isSeen && at.was === cursor)
    return isComing || at.line === cursor ? at.row : undefined
  }
}

type At = {
  row: number
  line: number | undefined // undefined: asked for
  filter: unknown
  was: number | undefined // the page's cursor when it was left
  isSeen: boolean // the page has drawn the cursor at the line
}
