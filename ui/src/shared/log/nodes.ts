// A line's text as nodes. Text goes in as text: nothing that a device prints
// becomes markup.
import { count } from '@/shared/words'
import { paint, type Scheme } from './colours'
import type { Face, LineRow } from './lines'
import css from './log.module.css'
import { type Piece, pieces } from './pieces'

// longestShown is where a row's text is cut: a line may hold a megabyte.
export const longestShown = 4096

// Date, pid and tid of a logcat line, then the letter of its level.
const logcatHead = /^(\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6} +\d+ +\d+ )([VDIWEF] )?/

type How = {
  scheme: Scheme
  isCurrent: boolean // the reader stands on this line: its hits are the current ones
  isWhole: boolean // also a long line is drawn to its end
}

export function nodes(row: LineRow, how: How): (Node | string)[] {
  const limit = how.isWhole ? row.text.length : longestShown
  const out: (Node | string)[] = []
  const head = logcatHead.exec(row.text)
  // What is left of each part that is drawn apart, hits in it too.
  const parts = head ? [head[1]!.length, head[2]?.length ?? 0] : []
  const names = [`${css.head} ${css.dim}`, css.letter ?? '']
  for (const piece of pieces(row, limit)) {
    let rest = piece.text
    for (const [i, name] of names.entries()) {
      const length = Math.min(parts[i] ?? 0, rest.length)
      if (length === 0) continue
      out.push(drawn({ ...piece, text: rest.slice(0, length) }, how, name))
      parts[i]! -= length
      rest = rest.slice(length)
    }
    if (rest) out.push(drawn({ ...piece, text: rest }, how, ''))
  }
  const left = row.text.length - limit
  if (left > 0) out.push(showAll(left))
  return out
}

function drawn(piece: Piece, { scheme, isCurrent }: How, name: string): Node | string {
  if (!piece.face && !piece.isHit && !piece.isSign && !name) return piece.text
  const element = document.createElement(piece.isHit ? 'mark' : 'span')
  element.textContent = piece.text
  const names = [
    name,
    piece.isSign ? css.unseen : '',
    piece.isHit ? (isCurrent ? css.current : css.hit) : '',
  ]
  element.className = names.filter(Boolean).join(' ')
  if (piece.face) wear(element, piece.face, scheme, piece.isHit === true)
  return element
}

// wear sets what the program chose; in a hit its colours yield.
function wear(element: HTMLElement, face: Face, scheme: Scheme, isHit: boolean): void {
  const { fg, bg } = isHit ? {} : paint(face, scheme)
  if (fg) element.style.color = fg
  if (bg) element.style.backgroundColor = bg
  if (face.bold) element.style.fontWeight = '700'
  if (face.dim && !fg && !isHit) element.classList.add(css.dim ?? '')
  if (face.italic) element.style.fontStyle = 'italic'
  const lines = [face.underline && 'underline', face.strike && 'line-through'].filter(Boolean)
  if (lines.length > 0) element.style.textDecorationLine = lines.join(' ')
}

// A row holds nothing to focus: Enter on it does what this does.
function showAll(left: number): Node {
  const word = document.createElement('span')
  word.className = css.more ?? ''
  word.dataset.act = 'whole'
  word.textContent = `… ${count(left)} more characters, show all`
  return word
}
