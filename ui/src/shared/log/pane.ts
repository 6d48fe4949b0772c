// The log's rows on the screen: as many elements as fit, filled from the
// store, following its end until somebody scrolls up. It runs beside React: a
// flood of lines costs one frame's work, whatever stands in the store.
import { createStore } from 'zustand/vanilla'
import type { Log } from './log'
import css from './log.module.css'
import { type Looks, longestShown, RowView } from './rowView'
import { Scroll } from './scroll'

export const rowHeight = 20
const drawEvery = 50 // ms: a flood is drawn 20 times a second, one line at once
const settleAfter = 200 // ms without a scroll, then a mapped scrollbar is put right

export type PaneState = {
  following: boolean
  fresh: number // rows that came since it paused
}

export class Pane {
  readonly state = createStore<PaneState>(() => ({ following: true, fresh: 0 }))
  readonly #log: Log
  readonly #scroller: HTMLElement
  readonly #canvas = document.createElement('div')
  readonly #layer = document.createElement('div')
  readonly #window = document.createElement('div')
  readonly #scroll = new Scroll()
  readonly #stop: (() => void)[] = []
  #views: RowView[] = []
  #looks: Looks
  #first = 0 // row of the first view
  #filled = 0 // views that hold a row
  #pausedAt = 0
  #frame = 0
  #all = true // every row is to be filled again
  #drawn = 0 // when, by the page's clock
  #later: ReturnType<typeof setTimeout> | undefined
  #settle: ReturnType<typeof setTimeout> | undefined

  constructor(scroller: HTMLElement, log: Log, looks: Looks) {
    this.#scroller = scroller
    this.#log = log
    this.#looks = looks
    this.#canvas.className = css.canvas ?? ''
    this.#layer.className = css.layer ?? ''
    this.#window.className = css.window ?? ''
    for (const element of [this.#canvas, this.#layer, this.#window]) {
      element.setAttribute('role', 'presentation')
    }
    this.#layer.append(this.#window)
    this.#canvas.append(this.#layer)
    scroller.append(this.#canvas)
    const onScroll = () => this.#scrolled()
    scroller.addEventListener('scroll', onScroll, { passive: true })
    const resized = new ResizeObserver(() => this.#draw())
    resized.observe(scroller)
    this.#stop.push(
      () => scroller.removeEventListener('scroll', onScroll),
      () => resized.disconnect(),
      log.watch(() => this.#came()),
    )
    this.#draw()
  }

  close(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#settle)
    clearTimeout(this.#later)
    for (const stop of this.#stop) stop()
    this.#canvas.remove()
  }

  look(looks: Looks): void {
    this.#looks = looks
    this.#all = true
    this.#draw()
  }

  follow(): void {
    this.state.setState({ following: true, fresh: 0 })
    this.#draw()
  }

  pause(): void {
    if (!this.state.getState().following) return
    this.#pausedAt = this.#log.state.getState().rows
    this.state.setState({ following: false, fresh: 0 })
  }

  // show brings a line into view; in the middle where it was outside.
  async show(line: number): Promise<void> {
    const top = (await this.#log.rowOf(line)) * rowHeight
    const view = this.#scroller.clientHeight
    if (top >= this.#scroll.top && top + rowHeight <= this.#scroll.top + view) return
    this.pause()
    this.#scroll.to(top - view / 2)
    this.#place()
    this.#draw()
  }

  #scrolled(): void {
    this.#scroll.moved(this.#scroller.scrollTop)
    if (this.#scroll.atEnd) {
      if (!this.state.getState().following) this.follow()
    } else if (this.state.getState().following && !this.#isOwnMove()) {
      this.pause()
    }
    if (this.#scroll.isMapped) {
      clearTimeout(this.#settle)
      this.#settle = setTimeout(() => this.#place(), settleAfter)
    }
    this.#render()
  }

  // A scroll event that only reports what `#place` set is nobody's wish.
  #placed = -1
  #isOwnMove(): boolean {
    return Math.abs(this.#scroller.scrollTop - this.#placed) <= 1
  }

  #place(): void {
    this.#scroller.scrollTop = this.#scroll.place
    this.#placed = this.#scroller.scrollTop
    this.#scroll.settled(this.#placed)
  }

  #came(): void {
    const wait = this.#drawn + drawEvery - performance.now()
    if (wait <= 0) this.#draw()
    else this.#later ??= setTimeout(() => this.#draw(), wait)
  }

  #draw(): void {
    if (this.#frame) return
    this.#frame = requestAnimationFrame((now) => {
      clearTimeout(this.#later)
      this.#later = undefined
      this.#frame = 0
      this.#drawn = now
      this.#measure()
      this.#render()
    })
  }

  #measure(): void {
    const view = this.#scroller.clientHeight
    this.#scroll.resize(this.#log.state.getState().rows * rowHeight, view)
    this.#canvas.style.height = `${Math.max(this.#scroll.height, view)}px`
    this.#canvas.style.setProperty(
      '--chars',
      String(Math.min(this.#log.state.getState().longest, longestShown)),
    )
    this.#layer.style.height = `${view}px`
    const wanted = Math.ceil(view / rowHeight) + 1
    if (this.#views.length !== wanted) {
      this.#views = Array.from({ length: wanted }, () => new RowView())
      this.#window.replaceChildren(...this.#views.map((v) => v.element))
      this.#all = true
    }
    const { following } = this.state.getState()
    if (following) {
      this.#scroll.to(this.#scroll.end)
      this.#place()
    } else {
      const fresh = this.#log.state.getState().rows - this.#pausedAt
      if (fresh !== this.state.getState().fresh) this.state.setState({ fresh })
    }
  }

  #render(): void {
    const first = Math.floor(this.#scroll.top / rowHeight)
    const filled = Math.max(
      0,
      Math.min(this.#views.length, this.#log.state.getState().rows - first),
    )
    this.#window.style.transform = `translateY(${-(this.#scroll.top - first * rowHeight)}px)`
    const from = this.#turn(first)
    const rows = this.#log.rows(first, filled)
    for (let i = 0; i < this.#views.length; i++) {
      const view = this.#views[i]!
      const isStale = this.#all || i < from.low || i >= from.high || i >= this.#filled
      const row = rows[i]
      if (i < filled && isStale && row) view.show(row, this.#looks)
      if (i >= filled !== view.element.hidden) view.element.hidden = i >= filled
    }
    this.#filled = filled
    this.#all = false
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
      for (const view of left) this.#window.append(view.element)
      this.#filled = Math.max(0, this.#filled - by)
      return { low: 0, high: n - by }
    }
    const left = this.#views.splice(n + by)
    this.#views.unshift(...left)
    this.#window.prepend(...left.map((v) => v.element))
    this.#filled = Math.min(n, this.#filled - by)
    return { low: -by, high: n }
  }
}
