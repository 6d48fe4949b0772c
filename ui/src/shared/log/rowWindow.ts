// The rows that are drawn: as many elements as fit, turned round and filled
// again as the view moves.
import type { Row } from './lines'
import type { Log } from './log'
import css from './log.module.css'
import { type Looks, RowView } from './rowView'

export class RowWindow {
  readonly element = box(css.window)
  isWaiting = false // a row that is shown was not at hand
  readonly #name: string
  readonly #log: Log
  #views: RowView[] = []
  #first = 0 // row of the first view
  #filled = 0 // views that hold a row
  #isStale = true // every view is to be filled again
  #from = 0 // row of the first of #rows
  #rows: (Row | undefined)[] = []

  constructor(name: string, log: Log) {
    this.#name = name
    this.#log = log
  }

  get size(): number {
    return this.#views.length
  }

  get cursor(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>('[data-cursor]:not([hidden])')
  }

  // hold makes room for so many rows.
  hold(size: number): void {
    if (this.#views.length === size) return
    this.#views = Array.from({ length: size }, () => new RowView(this.#name))
    this.element.replaceChildren(...this.#views.map((v) => v.element))
    this.#isStale = true
    this.#filled = 0
  }

  refill(): void {
    this.#isStale = true
  }

  // forget is for rows that say something else now.
  forget(): void {
    this.#rows = []
    this.#isStale = true
  }

  // at is a row by what was drawn last; the log is asked only for others, since
  // every asking moves the window that it keeps at hand.
  at(row: number): Row | undefined {
    if (row < 0) return undefined
    return this.#rows[row - this.#from] ?? this.#log.rows(row, 1)[0]
  }

  // draw shows the rows from `first` on, and says how many of `total` they are.
  draw(first: number, total: number, looks: Looks): number {
    const filled = Math.max(0, Math.min(this.size, total - first))
    const kept = this.#turn(first)
    const rows = this.#log.rows(Math.max(0, first - 1), filled + 1)
    if (first === 0) rows.unshift(undefined)
    this.#from = first - 1
    this.#rows = rows
    this.isWaiting = false
    for (const [i, view] of this.#views.entries()) {
      const isStale = this.#isStale || i < kept.low || i >= kept.high || i >= this.#filled
      const row = rows[i + 1]
      if (i < filled && !row) this.isWaiting = true
      if (i < filled && isStale) view.show(row, looks, rows[i])
      if (i >= filled !== view.element.hidden) view.element.hidden = i >= filled
    }
    this.#filled = filled
    this.#isStale = false
    return filled
  }

  // turn moves the elements whose rows left to the other end, so that the
  // document's order stays the order of lines (a selection is copied in it).
  // What lies in [low, high) keeps its row.
  #turn(first: number): { low: number; high: number } {
    const by = first - this.#first
    const n = this.#views.length
    this.#first = first
    if (by === 0) return { low: 0, high: n }
    if (Math.abs(by) >= n) return { low: 0, high: 0 }
    if (by > 0) {
      const left = this.#views.splice(0, by)
      this.#views.push(...left)
      for (const view of left) this.element.append(view.element)
      this.#filled = Math.max(0, this.#filled - by)
      return { low: 0, high: n - by }
    }
    const left = this.#views.splice(n + by)
    this.#views.unshift(...left)
    this.element.prepend(...left.map((v) => v.element))
    this.#filled = Math.min(n, this.#filled - by)
    return { low: -by, high: n }
  }
}

export function box(name: string | undefined): HTMLElement {
  const element = document.createElement('div')
  element.className = name ?? ''
  element.setAttribute('role', 'presentation')
  return element
}
