// The log's rows on the screen: as many elements as fit, filled from the log,
// following its end until somebody scrolls up. It runs beside React: a flood of
// lines costs one frame's work, whatever the log holds.
import { createStore } from 'zustand/vanilla'
import type { Course } from './course'
import { Even } from './even'
import { Gauge } from './gauge'
import type { Filter, Log } from './log'
import css from './log.module.css'
import { longestShown } from './nodes'
import type { Looks } from './rowView'
import { box, RowWindow } from './rowWindow'
import { Uneven } from './uneven'

const drawEvery = 50 // ms: a flood is drawn 20 times a second, one line at once
const settleAfter = 200 // ms without a scroll, then a mapped scrollbar is put right

type PaneState = {
  following: boolean
  fresh: number // rows that came since it paused
  // What is seen: rows of the view, and numbers of lines.
  first: number
  last: number
  firstLine: number
  lastLine: number
}

type Shape = {
  line: number // height of a row of one line, px
  isWrapped: boolean
}

let made = 0

export class Pane {
  readonly state = createStore<PaneState>(() => ({
    following: true,
    fresh: 0,
    first: 0,
    last: 0,
    firstLine: 1,
    lastLine: 0,
  }))
  readonly name = `log${++made}`
  readonly #log: Log
  readonly #scroller: HTMLElement
  readonly #canvas = box(css.canvas)
  readonly #layer = box(css.layer)
  readonly #window: RowWindow
  readonly #gauge: Gauge
  readonly #stop: (() => void)[] = []
  #course: Course = new Even()
  #shape: Shape
  #looks: Looks
  #pausedAt = 0
  #version = -1
  #view = 0 // height of what is seen, as measured
  #frame = 0
  #drawn = 0 // when, by the page's clock
  #later: ReturnType<typeof setTimeout> | undefined
  #settle: ReturnType<typeof setTimeout> | undefined
  #filter: Filter | undefined
  #isFiltering = false
  #sawCursor = false

  constructor(scroller: HTMLElement, log: Log, looks: Looks, shape: Shape) {
    this.#scroller = scroller
    this.#log = log
    this.#looks = looks
    this.#shape = shape
    this.#gauge = new Gauge(this.name)
    this.#window = new RowWindow(this.name, log)
    this.#layer.append(this.#window.element)
    this.#canvas.append(this.#layer)
    scroller.append(this.#canvas)
    this.#take(shape)
    const onScroll = () => this.#scrolled()
    scroller.addEventListener('scroll', onScroll, { passive: true })
    const resized = new ResizeObserver(() => {
      this.#gauge.forget()
      this.#draw()
    })
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
    if (looks.whole !== this.#looks.whole) this.#gauge.forget()
    this.#looks = looks
    this.#window.refill()
    this.#draw()
  }

  // shape changes how high rows are; the first row seen stays the first.
  shape(shape: Shape): void {
    const { line, isWrapped } = this.#shape
    if (shape.line === line && shape.isWrapped === isWrapped) return
    const row = this.#course.row
    const { following } = this.state.getState()
    this.#take(shape)
    this.#measure()
    if (following) this.#course.toEnd()
    else this.#course.toRow(row)
    this.#place()
    this.#draw()
  }

  follow(): void {
    this.state.setState({ following: true, fresh: 0 })
    this.#draw()
  }

  pause(): void {
    if (!this.state.getState().following) return
    this.#pausedAt = this.rows
    this.#course.hold()
    this.state.setState({ following: false, fresh: 0 })
  }

  // show brings a line into view, in the middle where it was outside.
  // With `stays` it is no longer followed, even where the line is seen.
  async show(line: number, stays = false, where: 'middle' | 'near' = 'middle'): Promise<void> {
    const row = await this.#log.rowOf(line).catch(gone)
    if (row === undefined) return
    if (stays) this.pause()
    if (!this.#isSeen(row)) this.goTo(row, where)
  }

  // goTo brings a row to the top or the middle; as `near`, by the shortest way.
  goTo(row: number, where: 'top' | 'middle' | 'near'): void {
    const view = this.#scroller.clientHeight
    const isBelow = row > this.#course.row
    if (where === 'near' && this.#isSeen(row)) return
    this.pause()
    this.#measure() // lines may have come since it was drawn
    const above =
      where === 'middle'
        ? view / 2
        : where === 'near' && isBelow
          ? view - this.#heightOf(row) - 1
          : 0
    this.#course.toRow(row, above)
    this.#course.hold()
    this.#place()
    this.#draw()
  }

  // page is about how many rows a view further is.
  page(by: 1 | -1): number {
    const view = this.#scroller.clientHeight
    return by * Math.max(1, Math.floor(view / this.#shape.line) - 2)
  }

  // lineAt is the line of a row, as soon as it is at hand.
  lineAt(row: number): Promise<number | undefined> {
    const find = () => {
      const found = this.#log.rows(row, 1)[0]
      return found && (found.kind === 'line' ? found.n : found.from)
    }
    const line = find()
    if (line !== undefined || row >= this.rows) return Promise.resolve(line)
    return new Promise((done) => {
      const stop = this.#log.watch(() => {
        const came = find()
        if (came === undefined) return
        stop()
        done(came)
      })
    })
  }

  get rows(): number {
    return this.#log.state.getState().rows
  }

  #take(shape: Shape): void {
    this.#shape = shape
    this.#gauge.forget()
    this.#course = shape.isWrapped ? new Uneven((row) => this.#heightOf(row)) : new Even()
    this.#canvas.style.setProperty('--row', `${shape.line}px`)
    this.#canvas.classList.toggle(css.wrapped ?? '', shape.isWrapped)
    if (shape.isWrapped) this.#layer.append(this.#gauge.element)
    else this.#gauge.element.remove()
    this.#window.hold(0)
  }

  #heightOf(row: number): number {
    if (!this.#shape.isWrapped) return this.#shape.line
    const height = this.#gauge.of(row, (at) => this.#window.at(at), this.#looks)
    return height ?? this.#shape.line
  }

  #isSeen(row: number): boolean {
    const { first, last } = this.state.getState()
    return row >= first && row <= last
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop
    const isOwn = this.#isOwnMove(top) || this.#isPushed(top)
    const isOther = this.#scroller.clientHeight !== this.#view
    this.#top = top
    if (isOther && isOwn) this.#measure()
    else if (!isOwn) {
      if (isOther) this.#fit()
      this.#course.moved(top)
      this.#placed = Number.NaN
      if (this.#course.atEnd) {
        if (!this.state.getState().following) this.follow()
      } else this.pause()
    }
    if (this.#course.isMapped) {
      clearTimeout(this.#settle)
      this.#settle = setTimeout(() => this.#place(), settleAfter)
    }
    this.#render()
  }

  // A scroll event that only reports what `#place` set is nobody's wish.
  #placed = Number.NaN
  #top = 0 // the scrollTop last seen
  #isOwnMove(top: number): boolean {
    return Math.abs(top - this.#placed) <= 1
  }

  // A browser moves a view that grew beyond the end back to the end, and no
  // further: whatever else comes while the view changes is somebody's wish.
  #isPushed(top: number): boolean {
    const { clientHeight, scrollHeight } = this.#scroller
    if (clientHeight <= this.#view) return false
    return top < this.#top && top >= scrollHeight - clientHeight - 1
  }

  #place(): void {
    this.#scroller.scrollTop = this.#course.place
    this.#placed = this.#scroller.scrollTop
    this.#top = this.#placed
    this.#course.settled(this.#placed)
  }

  #came(): void {
    const { version, filter, isFiltering } = this.#log.state.getState()
    if (filter !== this.#filter || (this.#isFiltering && !isFiltering)) this.#regain()
    this.#filter = filter
    this.#isFiltering = isFiltering
    if (version !== this.#version) {
      this.#gauge.forget()
      this.#window.forget()
      this.#version = version
    } else if (this.#window.isWaiting) this.#window.refill()
    const wait = this.#drawn + drawEvery - performance.now()
    if (wait <= 0) this.#draw()
    else this.#later ??= setTimeout(() => this.#draw(), wait)
  }

  // regain finds the line again that was seen before the view was filtered.
  async #regain(): Promise<void> {
    if (this.state.getState().following) return
    const { cursor } = this.#looks
    const line = this.#sawCursor && cursor !== undefined ? cursor : this.state.getState().firstLine
    const row = await this.#log.rowOf(line).catch(gone)
    if (row === undefined || this.state.getState().following) return
    this.#course.toRow(row, line === cursor ? this.#scroller.clientHeight / 2 : 0)
    this.#course.hold()
    this.#place()
    this.#draw()
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
    this.#fit()
    if (this.state.getState().following) {
      this.#course.toEnd()
      this.#place()
    } else {
      this.#course.hold()
      const fresh = Math.max(0, this.rows - this.#pausedAt)
      if (fresh !== this.state.getState().fresh) this.state.setState({ fresh })
    }
  }

  // fit takes the view's height as it is now, and makes as many rows as it holds.
  #fit(): void {
    const view = this.#scroller.clientHeight
    const { longest } = this.#log.state.getState()
    const { line, isWrapped } = this.#shape
    this.#window.hold(Math.ceil(view / line) + 1)
    this.#layer.style.height = `${view}px`
    this.#canvas.style.setProperty(
      '--chars',
      String(isWrapped ? 0 : Math.min(longest, longestShown)),
    )
    this.#view = view
    this.#course.resize(this.rows, view, line)
    this.#canvas.style.height = `${Math.max(this.#course.height, view)}px`
  }

  #render(): void {
    const { isWrapped } = this.#shape
    // At the end of a wrapped log the last rows hang from the view's foot, so
    // that nobody has to know how high they are.
    const hangs = isWrapped && this.#course.atEnd
    const first = hangs ? Math.max(0, this.rows - this.#window.size) : this.#course.row
    const off = hangs ? 0 : this.#course.off
    this.#window.element.classList.toggle(css.hangs ?? '', hangs)
    this.#window.element.style.transform = hangs ? '' : `translateY(${-off}px)`
    this.#tell(first, this.#window.draw(first, this.rows, this.#looks), hangs)
  }

  // tell says what is seen, to those who draw around the rows.
  #tell(first: number, filled: number, hangs: boolean): void {
    const view = this.#view // as measured: asking now would lay everything out once more
    let last = first + filled - 1
    let low = first
    if (!this.#shape.isWrapped) {
      last = Math.min(last, Math.ceil((this.#course.off + view) / this.#shape.line) + first - 2)
    } else if (this.state.getState().following === false || !hangs) {
      let height = -this.#course.off
      for (last = first; last < this.rows; last++) {
        height += this.#heightOf(last)
        if (height > view) break
      }
      last--
    } else {
      low = Math.max(first, last - Math.floor(view / this.#shape.line / 2))
    }
    const shown = this.#window.at(Math.max(0, last))
    const lastLine = shown ? (shown.kind === 'line' ? shown.n : (shown.to ?? shown.from)) : 0
    const top = this.#window.at(low)
    const firstLine = top ? (top.kind === 'line' ? top.n : top.from) : 1
    const before = this.state.getState()
    if (before.first !== low || before.last !== last || before.lastLine !== lastLine)
      this.state.setState({ first: low, last, firstLine, lastLine })
    const { cursor } = this.#window
    this.#sawCursor = cursor !== null
    if (cursor?.id) this.#scroller.setAttribute('aria-activedescendant', cursor.id)
    else this.#scroller.removeAttribute('aria-activedescendant')
  }
}

// A log that is closed answers nothing any more.
export const gone = () => undefined
