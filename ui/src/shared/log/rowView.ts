// One row's elements, made once and filled again and again. Text goes in as
// text: nothing that a device prints becomes markup.
import { count, sentence } from '@/shared/words'
import { paint, type Scheme } from './colours'
import { glyphs } from './levels'
import type { Face, GapRow, LineRow, Row } from './lines'
import css from './log.module.css'
import { pieces } from './pieces'

export type TimeMode = 'relative' | 'clock'

export type Looks = {
  scheme: Scheme
  time: TimeMode
  start: number // what relative times count from, unix ms
  selected: number | undefined
}

// longestShown is where a row's text is cut: a line may hold 64 KiB.
export const longestShown = 4096

const logcatHead = /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6} +\d+ +\d+ /

export class RowView {
  readonly element = document.createElement('div')
  readonly #number = cell(css.number)
  readonly #glyph = cell(css.glyph)
  readonly #stream = cell(css.stream)
  readonly #time = cell(css.time)
  readonly #text = cell(css.text)
  line = 0 // number of the line shown, or the gap's first

  constructor() {
    this.element.setAttribute('role', 'option')
    this.element.append(this.#number, this.#glyph, this.#stream, this.#time, this.#text)
  }

  show(row: Row, looks: Looks): void {
    if (row.kind === 'gap') this.#gap(row)
    else this.#line(row, looks)
  }

  #line(row: LineRow, looks: Looks): void {
    const isSelected = row.n === looks.selected
    this.line = row.n
    this.element.className = `${css.row} ${css[row.level]}${isSelected ? ` ${css.selected}` : ''}`
    this.element.setAttribute('aria-selected', String(isSelected))
    this.element.id = `line-${row.n}`
    this.element.dataset.n = String(row.n)
    this.#number.textContent = count(row.n)
    this.#glyph.textContent = glyphs[row.level]
    this.#stream.replaceChildren(...(row.stream === 'err' ? [tag('err')] : []))
    this.#time.textContent = looks.time === 'clock' ? clock(row.at) : relative(row.at - looks.start)
    this.#text.replaceChildren(...nodes(row, looks.scheme))
  }

  #gap(row: GapRow): void {
    this.line = row.from
    this.element.className = `${css.row} ${css.gap}`
    this.element.setAttribute('aria-selected', 'false')
    this.element.id = `gap-${row.from}`
    delete this.element.dataset.n
    this.#number.textContent = count(row.from)
    this.#glyph.textContent = '⋯'
    this.#stream.replaceChildren()
    this.#time.textContent = ''
    const title = document.createElement('b')
    title.textContent = row.to === undefined ? 'Lines lost' : `${lines(row.to - row.from + 1)} lost`
    const from =
      row.to === undefined
        ? `from ${count(row.from)} on, nobody knows how many`
        : `${count(row.from)} to ${count(row.to)}`
    this.#text.replaceChildren(title, ` ${from}. ${sentence(row.reason)}`)
  }
}

const lines = (n: number) => (n === 1 ? '1 line' : `${count(n)} lines`)

function cell(name: string | undefined): HTMLSpanElement {
  const span = document.createElement('span')
  span.className = name ?? ''
  return span
}

function tag(word: string): HTMLElement {
  const span = cell(css.tag)
  span.textContent = word
  return span
}

function nodes(row: LineRow, scheme: Scheme): (Node | string)[] {
  const out: (Node | string)[] = []
  for (const piece of pieces(row, longestShown)) {
    if (piece.face) out.push(faced(piece.text, piece.face, scheme))
    else if (out.length === 0) out.push(...headed(piece.text))
    else out.push(piece.text)
  }
  if (row.text.length > longestShown)
    out.push(more(`… ${count(row.text.length - longestShown)} more characters`))
  return out
}

// headed paints the date, pid and tid of a logcat line apart.
function headed(text: string): (Node | string)[] {
  const head = logcatHead.exec(text)?.[0]
  if (!head) return [text]
  const span = cell(`${css.head} ${css.dim}`)
  span.textContent = head
  return [span, text.slice(head.length)]
}

function more(text: string): Node {
  const span = cell(css.more)
  span.textContent = text
  return span
}

function faced(text: string, face: Face, scheme: Scheme): Node {
  const span = document.createElement('span')
  span.textContent = text
  const { fg, bg } = paint(face, scheme)
  if (fg) span.style.color = fg
  if (bg) span.style.backgroundColor = bg
  if (face.bold) span.style.fontWeight = '700'
  if (face.dim && !fg) span.className = css.dim ?? ''
  if (face.italic) span.style.fontStyle = 'italic'
  const lines = [face.underline && 'underline', face.strike && 'line-through'].filter(Boolean)
  if (lines.length > 0) span.style.textDecorationLine = lines.join(' ')
  return span
}

const two = (n: number) => String(n).padStart(2, '0')
const three = (n: number) => String(n).padStart(3, '0')

export function clock(at: number): string {
  const d = new Date(at)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${three(d.getMilliseconds())}`
}

// relative counts from the run's start; before it (clocks differ) as zero.
export function relative(ms: number): string {
  const t = Math.max(0, Math.round(ms))
  const hours = Math.floor(t / 3_600_000)
  const rest = `${two(Math.floor(t / 60_000) % 60)}:${two(Math.floor(t / 1000) % 60)}.${three(t % 1000)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}
