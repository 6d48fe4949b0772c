// Where a wrapped log stands. Its rows differ in height and a height is known
// only once a row has been drawn, so the place is a row and the pixels hidden
// of it, and the scrollbar is a map: small moves go by pixels, jumps by
// proportion. The element is made too tall on purpose, so that its end is never
// reached before the log's own.
import type { Course } from './course'
import { tallest } from './scroll'

const spare = 4 // times the height that rows of one line each would need
const small = 2 // views: a longer way of the scrollbar is a jump

export class Uneven implements Course {
  readonly isMapped = true
  row = 0 // first row seen
  off = 0 // pixels of it above the view
  atEnd = true // the last row's end is the view's end; row and off are not kept
  #rows = 0
  #view = 0
  #line = 20
  #at = 0 // the element's scrollTop as last seen or set
  readonly #heightOf: (row: number) => number

  constructor(heightOf: (row: number) => number) {
    this.#heightOf = heightOf
  }

  resize(rows: number, view: number, line: number): void {
    this.#rows = rows
    this.#view = view
    this.#line = line
    if (this.row >= rows) this.toEnd()
  }

  get height(): number {
    if (this.#rows * this.#line <= this.#view && this.#fits()) return this.#view
    return Math.min(Math.max(this.#rows * this.#line * spare, this.#view * 4), tallest)
  }

  get #room(): number {
    return Math.max(0, this.height - this.#view)
  }

  // place is the scrollTop that stands for where the log is.
  get place(): number {
    if (this.atEnd) return this.#room
    if (this.row === 0 && this.off === 0) return 0
    const part = (this.row + this.off / (this.#heightOf(this.row) || 1)) / Math.max(1, this.#rows)
    return Math.min(Math.max(Math.round(part * this.#room), 2), this.#room - 2)
  }

  moved(scrollTop: number): void {
    const by = scrollTop - this.#at
    this.#at = scrollTop
    if (by === 0) return
    if (scrollTop >= this.#room - 1) this.toEnd()
    else if (scrollTop <= 0) this.toRow(0)
    else if (Math.abs(by) <= this.#view * small) this.by(by)
    else this.toRow(Math.floor((scrollTop / this.#room) * this.#rows))
  }

  settled(scrollTop: number): void {
    this.#at = scrollTop
  }

  toEnd(): void {
    this.atEnd = true
  }

  // toRow puts a row at the view's top, or `above` pixels below it.
  toRow(row: number, above = 0): void {
    this.atEnd = false
    this.row = Math.max(0, Math.min(row, this.#rows - 1))
    this.off = 0
    this.by(-above)
  }

  by(pixels: number): void {
    if (this.atEnd) this.#leaveEnd()
    this.off += pixels
    while (this.off < 0 && this.row > 0) this.off += this.#heightOf(--this.row)
    if (this.off < 0) this.off = 0
    for (let h = this.#heightOf(this.row); this.off >= h && this.row < this.#rows - 1; ) {
      this.off -= h
      h = this.#heightOf(++this.row)
    }
    if (this.#reachesEnd()) this.toEnd()
  }

  hold(): void {
    if (this.atEnd) this.#leaveEnd()
  }

  // leaveEnd turns "at the end" into a row, by going back one view.
  #leaveEnd(): void {
    this.atEnd = false
    let left = this.#view
    let row = this.#rows
    while (row > 0 && left > 0) left -= this.#heightOf(--row)
    this.row = row
    this.off = Math.max(0, -left)
  }

  #reachesEnd(): boolean {
    let height = -this.off
    for (let row = this.row; row < this.#rows; row++) {
      height += this.#heightOf(row)
      if (height > this.#view) return false
    }
    return true
  }

  #fits(): boolean {
    let height = 0
    for (let row = 0; row < this.#rows && height <= this.#view; row++) height += this.#heightOf(row)
    return height <= this.#view
  }
}
