// A line's text as parts to draw. Text goes in as text: nothing that a device
// prints becomes markup.
import { count } from '@/shared/words'
import { paint, type Scheme } from './colours'
import type { Face, LineRow } from './lines'
import css from './log.module.css'
import { type Piece, pieces } from './pieces'
import type { Part } from './text'

// longestShown is where a row's text is cut: a line may hold a megabyte.
export const longestShown = 4096

// Date, pid and tid of a logcat line, then the letter of its level.
const logcatHead = /^(\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6} +\d+ +\d+ )([VDIWEF] )?/

type How = {
  scheme: Scheme
  isCurrent: boolean // the reader stands on this line: its hits are the current ones
  isWhole: boolean // also a long line is drawn to its end
}

export function parts(row: LineRow, how: How): { parts: Part[]; more?: Node } {
  const limit = how.isWhole ? row.text.length : longestShown
  const out: Part[] = []
  const head = logcatHead.exec(row.text)
  // What is left of each part that is drawn apart, hits in it too.
  const apart = head ? [head[1]!.length, head[2]?.length ?? 0] : []
  const names = [`${css.head} ${css.dim}`, css.letter ?? '']
  for (const piece of pieces(row, limit)) {
    let rest = piece.text
    for (const [i, name] of names.entries()) {
      const length = Math.min(apart[i] ?? 0, rest.length)
      if (length === 0) continue
      out.push(drawn({ ...piece, text: rest.slice(0, length) }, how, name))
      apart[i]! -= length
      rest = rest.slice(length)
    }
    if (rest) out.push(drawn({ ...piece, text: rest }, how, ''))
  }
  const left = row.text.length - limit
  return left > 0 ? { parts: out, more: showAll(left) } : { parts: out }
}

function drawn(piece: Piece, { scheme, isCurrent }: How, name: string): Part {
  const { text, face, isHit, isSign } = piece
  if (!face && !isHit && !isSign && !name) return { tag: 'text', text, name, style: '' }
  const worn = face ? wear(face, scheme, isHit === true) : bare
  const names = [
    name,
    isSign ? css.unseen : '',
    isHit ? (isCurrent ? css.current : css.hit) : '',
    worn.isDim ? css.dim : '',
  ]
  return {
    tag: isHit ? 'mark' : 'span',
    text,
    name: names.filter(Boolean).join(' '),
    style: worn.style,
  }
}

type Worn = { style: string; isDim: boolean }
const bare: Worn = { style: '', isDim: false }
const known = new Map<string, Worn>()
const knownAtMost = 1000

// wear is what the program chose; in a hit its colours yield.
function wear(face: Face, scheme: Scheme, isHit: boolean): Worn {
  const key = `${scheme} ${isHit} ${face.fg} ${face.bg} ${face.bold} ${face.dim} ${face.italic} ${face.underline} ${face.strike} ${face.inverse}`
  let worn = known.get(key)
  if (!worn) {
    worn = worked(face, scheme, isHit)
    if (known.size >= knownAtMost) known.clear()
    known.set(key, worn)
  }
  return worn
}

function worked(face: Face, scheme: Scheme, isHit: boolean): Worn {
  const { fg, bg } = isHit ? {} : paint(face, scheme)
  const lines = [face.underline && 'underline', face.strike && 'line-through'].filter(Boolean)
  const style = [
    fg && `color: ${fg}`,
    bg && `background-color: ${bg}`,
    face.bold && 'font-weight: 700',
    face.italic && 'font-style: italic',
    lines.length > 0 && `text-decoration-line: ${lines.join(' ')}`,
  ]
  return { style: style.filter(Boolean).join('; '), isDim: face.dim === true && !fg && !isHit }
}

// A row holds nothing to focus: Enter on it does what this does.
function showAll(left: number): Node {
  const word = document.createElement('span')
  word.className = css.more ?? ''
  word.dataset.act = 'whole'
  word.textContent = `… ${count(left)} more characters, show all`
  return word
}
