// The overview beside the rows, which is their scrollbar too: where warnings,
// errors, gaps, hits, bookmarks and the selection lie in the whole view.
import { type Log, mark } from './log'
import css from './log.module.css'
import { gone, type Pane } from './pane'

const redrawEvery = 500 // ms
const leastThumb = 18

type Selected = { from: number | undefined; to: number | undefined; marks: ReadonlySet<number> }

export class Strip {
  readonly #log: Log
  readonly #pane: Pane
  readonly #element: HTMLElement // what is drawn on and dragged
  readonly #named: HTMLElement // what has the focus and is read aloud
  readonly #canvas = document.createElement('canvas')
  readonly #thumb = document.createElement('div')
  readonly #stop: (() => void)[] = []
  #selected: Selected = { from: undefined, to: undefined, marks: new Set() }
  #timer: ReturnType<typeof setTimeout> | undefined
  #height = 0 // as last seen: asking anew lays the page out, in a flood 20 times a second
  #drawn = 0
  #turn = 0 // of the drawing that is on its way: an older one is dropped
  #grip: number | undefined // where the thumb is held, px below its top

  constructor(named: HTMLElement, log: Log, pane: Pane) {
    const element = document.createElement('div')
    element.className = css.strip ?? ''
    named.append(element)
    this.#element = element
    this.#named = named
    this.#log = log
    this.#pane = pane
    this.#canvas.className = css.marks ?? ''
    this.#canvas.setAttribute('aria-hidden', 'true')
    this.#thumb.className = css.thumb ?? ''
    element.append(this.#canvas, this.#thumb)
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      f: (e: HTMLElementEventMap[K]) => void,
    ) => {
      element.addEventListener(name, f)
      this.#stop.push(() => element.removeEventListener(name, f))
    }
    on('pointerdown', (e) => this.#down(e))
    on('pointermove', (e) => this.#move(e))
    on('pointerup', () => {
      this.#grip = undefined
    })
    const resized = new ResizeObserver(() => this.#draw())
    resized.observe(element)
    this.#stop.push(
      () => resized.disconnect(),
      log.watch(() => this.#later()),
      log.state.subscribe((now, before) => {
        if (now.found !== before.found || now.filter !== before.filter) this.#later()
        if (now.rows !== before.rows) this.#place()
      }),
      pane.state.subscribe(() => this.#place()),
    )
    this.#draw()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#turn = -1
    for (const stop of this.#stop) stop()
    this.#element.remove()
  }

  // look draws anew, for other colours too.
  look(selected: Selected): void {
    this.#selected = selected
    this.#draw()
  }

  #later(): void {
    const wait = Math.max(0, this.#drawn + redrawEvery - performance.now())
    this.#timer ??= setTimeout(() => this.#draw(), wait)
  }

  async #draw(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#drawn = performance.now()
    this.#height = this.#element.clientHeight
    this.#place()
    const turn = ++this.#turn
    const height = this.#height
    const width = this.#element.clientWidth
    const { rows } = this.#log.state.getState()
    const chosen = [...this.#selected.marks, this.#selected.from, this.#selected.to].filter(
      (line) => line !== undefined,
    )
    const answer = await Promise.all([
      this.#log.marks(Math.max(1, height)),
      ...chosen.slice(0, 500).map((line) => this.#log.rowOf(line)),
    ]).catch(gone)
    if (!answer || turn !== this.#turn) return
    const [marks, ...places] = answer
    const ink = this.#pen(width, height)
    if (!ink) return
    paintMarks(ink, marks, width)
    ink.fill('--fb-accent')
    const scale = rows > 0 ? height / rows : 0
    for (const row of places) ink.rect(0, Math.round(row * scale) - 1, 4, 3)
  }

  // pen clears the picture and draws in CSS pixels, in the page's colours.
  #pen(width: number, height: number): Ink | undefined {
    const ratio = globalThis.devicePixelRatio || 1
    this.#canvas.width = width * ratio
    this.#canvas.height = height * ratio
    const context = this.#canvas.getContext('2d')
    if (!context) return undefined
    context.scale(ratio, ratio)
    const style = getComputedStyle(this.#element)
    return {
      fill: (token) => {
        context.fillStyle = style.getPropertyValue(token).trim()
      },
      rect: (x, y, w, h) => context.fillRect(x, y, w, h),
    }
  }

  #place(): void {
    const { rows } = this.#log.state.getState()
    const { first, last } = this.#pane.state.getState()
    const height = this.#height
    const { top, size } = thumb(rows, first, last, height)
    this.#thumb.hidden = size >= height
    this.#thumb.style.transform = `translateY(${top}px)`
    this.#thumb.style.height = `${size}px`
    this.#named.setAttribute('aria-valuemax', String(Math.max(1, rows)))
    this.#named.setAttribute('aria-valuenow', String(Math.max(1, Math.min(first + 1, rows))))
  }

  #down(e: PointerEvent): void {
    if (e.button !== 0) return
    e.preventDefault()
    this.#element.setPointerCapture?.(e.pointerId)
    const at = this.#at(e)
    const box = this.#thumb.getBoundingClientRect()
    const isOnThumb = e.clientY >= box.top && e.clientY <= box.bottom && !this.#thumb.hidden
    this.#grip = isOnThumb ? e.clientY - box.top : box.height / 2
    if (!isOnThumb) this.#go(at - this.#grip)
  }

  #move(e: PointerEvent): void {
    if (this.#grip !== undefined) this.#go(this.#at(e) - this.#grip)
  }

  #at(e: PointerEvent): number {
    return e.clientY - this.#element.getBoundingClientRect().top
  }

  // go puts the thumb's top there.
  #go(top: number): void {
    const { rows } = this.#log.state.getState()
    const { first, last } = this.#pane.state.getState()
    const height = this.#element.clientHeight
    const { size } = thumb(rows, first, last, height)
    const room = Math.max(1, height - size)
    const part = Math.min(1, Math.max(0, top / room))
    if (part >= 1) this.#pane.follow()
    else this.#pane.goTo(Math.round(part * Math.max(0, rows - (last - first + 1))), 'top')
  }
}

type Ink = { fill(token: string): void; rect(x: number, y: number, w: number, h: number): void }

// Later kinds lie over earlier ones.
const kinds = [
  [mark.hit, '--fb-hit-now', 2],
  [mark.warn, '--fb-log-warn', 2],
  [mark.error, '--fb-log-error', 3],
  [mark.fatal, '--fb-log-fatal-ground', 3],
] as const

function paintMarks(ink: Ink, marks: Uint8Array, width: number): void {
  ink.fill('--fb-text3')
  for (let y = 0; y < marks.length; y++)
    if (marks[y]! & mark.gap) for (let x = y & 3; x < width; x += 4) ink.rect(x, y, 2, 1)
  for (const [bit, token, height] of kinds) {
    ink.fill(token)
    // Hits keep to the right half: a warning with a hit shows both.
    const left = bit === mark.hit ? width / 2 : 4
    for (let y = 0; y < marks.length; y++)
      if (marks[y]! & bit) ink.rect(left, y, width - left - 1, height)
  }
}

// thumb is where the rows seen lie, in pixels of the strip.
function thumb(rows: number, first: number, last: number, height: number) {
  if (rows === 0) return { top: 0, size: height }
  const seen = Math.max(1, last - first + 1)
  if (seen >= rows) return { top: 0, size: height }
  const size = Math.min(height, Math.max(leastThumb, (seen / rows) * height))
  const part = Math.min(1, Math.max(0, first / Math.max(1, rows - seen)))
  return { top: Math.round(part * (height - size)), size: Math.round(size) }
}
