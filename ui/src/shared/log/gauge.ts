// How high wrapped rows are: each is read once, from one that is drawn unseen.
import type { Row } from './lines'
import css from './log.module.css'
import { type Looks, RowView } from './rowView'

const most = 5000 // heights that are kept

export class Gauge {
  readonly #view: RowView
  #heights = new Map<number, number>() // px, by row

  constructor(name: string) {
    this.#view = new RowView(`${name}-gauge`)
    this.#view.element.setAttribute('aria-hidden', 'true')
  }

  get element(): HTMLElement {
    return this.#view.element
  }

  forget(): void {
    this.#heights.clear()
  }

  // of is undefined for a row that is not at hand, or has no height.
  of(row: number, at: (row: number) => Row | undefined, looks: Looks): number | undefined {
    const known = this.#heights.get(row)
    if (known !== undefined) return known
    const here = at(row)
    if (!here) return undefined
    this.#view.show(here, looks, at(row - 1))
    this.element.removeAttribute('id')
    delete this.element.dataset.n
    this.element.classList.add(css.gauge ?? '')
    const height = this.element.offsetHeight
    if (!height) return undefined
    if (this.#heights.size >= most) this.#heights.clear()
    this.#heights.set(row, height)
    return height
  }
}
