// Where a log of equally high rows stands: by pixels, over the mapped scrollbar.
import type { Course } from './course'
import { Scroll } from './scroll'

export class Even implements Course {
  readonly #scroll = new Scroll()
  #line = 20

  resize(rows: number, view: number, line: number): void {
    const row = this.#scroll.top / this.#line
    const isOther = line !== this.#line
    this.#line = line
    this.#scroll.resize(rows * line, view)
    if (isOther) this.#scroll.to(row * line)
  }

  get row(): number {
    return Math.floor(this.#scroll.top / this.#line)
  }

  get off(): number {
    return this.#scroll.top - this.row * this.#line
  }

  get height(): number {
    return this.#scroll.height
  }

  get place(): number {
    return this.#scroll.place
  }

  get atEnd(): boolean {
    return this.#scroll.atEnd
  }

  get isMapped(): boolean {
    return this.#scroll.isMapped
  }

  moved(scrollTop: number): void {
    this.#scroll.moved(scrollTop)
  }

  settled(scrollTop: number): void {
    this.#scroll.settled(scrollTop)
  }

  toEnd(): void {
    this.#scroll.to(this.#scroll.end)
  }

  hold(): void {} // it stands by pixels: what comes below moves nothing

  toRow(row: number, above = 0): void {
    this.#scroll.to(row * this.#line - above)
  }

  by(pixels: number): void {
    this.#scroll.to(this.#scroll.top + pixels)
  }
}
