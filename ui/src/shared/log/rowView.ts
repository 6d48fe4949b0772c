// One row's elements, made once and filled again and again.
import { count, sentence } from '@/shared/words'
import type { Scheme } from './colours'
import { glyphs } from './levels'
import type { GapRow, LineRow, Row } from './lines'
import css from './log.module.css'
import { parts } from './nodes'
import { TextView, write } from './text'
import { clock, delta, relative, type TimeMode } from './times'

export type Looks = {
  scheme: Scheme
  time: TimeMode
  start: number // what relative times count from, unix ms
  from: number | undefined // selected lines, both ends included
  to: number | undefined
  cursor: number | undefined // the one of them that keys move
  marks: ReadonlySet<number> // bookmarked lines
  whole: ReadonlySet<number> // long lines that are shown to their end
}

export const plainLooks: Looks = {
  scheme: 'light',
  time: 'relative',
  start: 0,
  from: undefined,
  to: undefined,
  cursor: undefined,
  marks: new Set(),
  whole: new Set(),
}

export class RowView {
  readonly element = document.createElement('div')
  readonly #sign = cell(css.sign)
  readonly #number = word(css.number)
  readonly #glyph = word(css.glyph)
  readonly #stream = cell(css.stream)
  readonly #time = word(css.time)
  readonly #text: TextView
  readonly #name: string // of the log in the document, for ids
  // What is drawn already is not drawn again.
  #is = ''
  #signed: keyof typeof paths | undefined
  #isErr = false
  #n = 0
  #isSelected: boolean | undefined
  #isCursor = false

  constructor(name: string) {
    this.#name = name
    const text = cell(css.text)
    this.#text = new TextView(text)
    this.element.setAttribute('role', 'option')
    this.element.append(
      this.#sign,
      this.#number.element,
      this.#glyph.element,
      this.#stream,
      this.#time.element,
      text,
    )
  }

  // show fills in a row; times may count from the one above it.
  show(row: Row | undefined, looks: Looks, above: Row | undefined): void {
    if (!row) this.#coming()
    else if (row.kind === 'gap') this.#gap(row, looks)
    else this.#line(row, looks, above?.kind === 'line' ? above.at : undefined)
  }

  #line(row: LineRow, looks: Looks, above: number | undefined): void {
    const isMarked = looks.marks.has(row.n)
    const isCursor = row.n === looks.cursor
    const kind = row.goesOn ? `${css[row.level]} ${css.goesOn}` : (css[row.level] ?? '')
    this.#stand(row.n, kind, inside(row.n, row.n, looks), isCursor)
    this.#show(isMarked ? 'mark' : isCursor ? 'link' : undefined, row.stream === 'err')
    write(this.#number.text, count(row.n))
    write(this.#glyph.text, glyphs[row.level])
    write(this.#time.text, timeOf(row, looks, above))
    const isWhole = looks.whole.has(row.n)
    const drawn = parts(row, { scheme: looks.scheme, isCurrent: isCursor, isWhole })
    this.#text.show(drawn.parts, drawn.more)
  }

  #gap(row: GapRow, looks: Looks): void {
    const to = row.to ?? row.from
    const isCursor = looks.cursor !== undefined && looks.cursor >= row.from && looks.cursor <= to
    this.#stand(row.from, css.gap ?? '', inside(row.from, to, looks), isCursor)
    this.#show(undefined, false)
    write(this.#number.text, count(row.from))
    write(this.#glyph.text, '⋯')
    write(this.#time.text, '')
    this.#text.put(...gapWords(row))
  }

  // A row whose line is on its way.
  #coming(): void {
    this.#stand(0, '', false, false)
    this.#show(undefined, false)
    write(this.#number.text, '…')
    write(this.#glyph.text, '')
    write(this.#time.text, '')
    this.#text.put()
  }

  #show(sign: keyof typeof paths | undefined, isErr: boolean): void {
    if (sign !== this.#signed) this.#sign.replaceChildren(...(sign ? [icon(sign)] : []))
    if (isErr !== this.#isErr) this.#stream.replaceChildren(...(isErr ? [tag('err')] : []))
    this.#signed = sign
    this.#isErr = isErr
  }

  // stand says which line this is; only the cursor's row is referred to by id.
  #stand(line: number, kind: string, isSelected: boolean, isCursor: boolean): void {
    const { element } = this
    const is = `${css.row} ${kind}${isSelected ? ` ${css.selected}` : ''}`
    if (is !== this.#is) element.className = is
    if (line !== this.#n || isCursor !== this.#isCursor) {
      if (isCursor) element.id = `${this.#name}-${line}`
      else if (this.#isCursor) element.removeAttribute('id')
      if (line > 0) element.dataset.n = String(line)
      else delete element.dataset.n
    }
    if (isCursor !== this.#isCursor) element.toggleAttribute('data-cursor', isCursor)
    if (isSelected !== this.#isSelected) element.setAttribute('aria-selected', String(isSelected))
    this.#is = is
    this.#n = line
    this.#isSelected = isSelected
    this.#isCursor = isCursor
  }
}

const inside = (from: number, to: number, looks: Looks) =>
  looks.from !== undefined && to >= looks.from && from <= (looks.to ?? looks.from)

function timeOf(row: LineRow, looks: Looks, above: number | undefined): string {
  if (looks.time === 'clock') return clock(row.at)
  if (looks.time === 'delta') return above === undefined ? '' : delta(row.at - above)
  return relative(row.at - looks.start)
}

// gapWords says what is missing and why, and offers it where it still exists.
function gapWords(row: GapRow): (Node | string)[] {
  const title = document.createElement('b')
  const what = row.canLoad ? 'not received' : 'lost'
  title.textContent =
    row.to === undefined ? 'Lines lost' : `${lines(row.to - row.from + 1)} ${what}`
  const from =
    row.to === undefined
      ? `from ${count(row.from)} on, nobody knows how many`
      : row.to === row.from
        ? count(row.from)
        : `${count(row.from)} to ${count(row.to)}`
  const why = cell(css.why)
  why.textContent = ` ${from}. ${sentence(row.reason)}`
  return row.canLoad ? [title, why, load()] : [title, why]
}

const lines = (n: number) => (n === 1 ? '1 line' : `${count(n)} lines`)

// A row holds nothing to focus: Enter on it does what this does.
function load(): HTMLElement {
  const word = cell(css.load)
  word.dataset.act = 'load'
  word.textContent = 'Load'
  return word
}

function cell(name: string | undefined): HTMLSpanElement {
  const span = document.createElement('span')
  span.className = name ?? ''
  return span
}

// word is a cell of one text.
function word(name: string | undefined): { element: HTMLElement; text: Text } {
  const element = cell(name)
  const text = document.createTextNode('')
  element.append(text)
  return { element, text }
}

function tag(name: string): HTMLElement {
  const span = cell(css.tag)
  span.textContent = name
  return span
}

const paths = {
  mark: 'm19 21-7-4-7 4V5a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2Z',
  link: 'M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71',
}
const names = { mark: 'Bookmarked', link: '' }

function icon(kind: keyof typeof paths): Element {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', css[kind] ?? '')
  if (names[kind]) {
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', names[kind])
  } else {
    svg.setAttribute('aria-hidden', 'true')
  }
  const path = document.createElementNS(space, 'path')
  path.setAttribute('d', paths[kind])
  svg.append(path)
  return svg
}
