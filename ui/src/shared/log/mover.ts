// Moves the cursor through the rows of the view, by keys that may come faster
// than the log answers: rows are counted here, lines are asked for after.
import type { Log } from './log'
import { gone, type Pane } from './pane'

export class Mover {
  readonly #log: Log
  readonly #pane: Pane
  readonly #choose: (line: number, isRange: boolean) => void
  #at: { row: number; line: number | undefined; filter: unknown } | undefined
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
    if (cursor === undefined) {
      await this.to(rows > 0 && !following ? first : last)
      return
    }
    const { filter } = this.#log.state.getState()
    const at = this.#at
    const isKnown = at && at.filter === filter && (at.line === undefined || at.line === cursor)
    const row = isKnown ? at.row : await this.#log.rowOf(cursor).catch(gone)
    if (row === undefined) return
    await this.to(row + rows, isRange)
  }

  async to(row: number, isRange = false): Promise<void> {
    const target = Math.max(0, Math.min(row, this.#pane.rows - 1))
    const turn = ++this.#turn
    const { filter } = this.#log.state.getState()
    this.#at = { row: target, line: undefined, filter }
    this.#pane.goTo(target, 'near')
    const line = await this.#pane.lineAt(target)
    if (line === undefined || turn !== this.#turn) return
    this.#at = { row: target, line, filter }
    this.#choose(line, isRange)
  }
}
