import { memo, useMemo } from 'react'
import { type Piece, pieces } from '@/shared/log/pieces'
import { Hidden } from '@/shared/parts'
import { count } from '@/shared/words'
import { changed, equal, onlyA, onlyB, type Rows } from './align'
import css from './compare.module.css'
import type { Ignored, Range } from './ignore'
import { marks } from './marks'
import { lineOf, type Side } from './read'

const shown = 4000 // characters of a line

const signs = { [changed]: '≠', [onlyA]: '−', [onlyB]: '+' } as Record<number, string>
const words = { [changed]: 'changed', [onlyA]: 'only in A', [onlyB]: 'only in B' } as Record<
  number,
  string
>

const blank = { kind: 'line', n: 0, at: 0, stream: 'out', level: 'plain', goesOn: false } as const

type Props = {
  rows: Rows
  row: number
  a: Side
  b: Side
  ignored: ReadonlySet<Ignored>
  isAt: boolean
}

// One row: a line of A beside a line of B, or one beside nothing.
export const Row = memo(function Row({ rows, row, a, b, ignored, isAt }: Props) {
  const kind = rows.kind[row]!
  const [i, j] = [rows.a[row]!, rows.b[row]!]
  const texts = { a: i < 0 ? '' : lineOf(a, i), b: j < 0 ? '' : lineOf(b, j) }
  const marked = useMemo(
    () => (kind === changed ? marks(texts.a, texts.b, ignored) : undefined),
    [kind, texts.a, texts.b, ignored],
  )
  const half = (side: 'a' | 'b', n: number, of: Side) =>
    n < 0 ? (
      <div className={css.absent} data-side={side} />
    ) : (
      <div className={css.half} data-side={side}>
        <span className={css.number}>{count(of.numbers[n]!)}</span>
        <span className={css.sign}>
          <span aria-hidden>{signs[kind] ?? ''}</span>
          {kind === equal ? null : <Hidden>{words[kind]}</Hidden>}
        </span>
        <Text text={texts[side]} marked={marked?.[side]} />
      </div>
    )
  return (
    <div
      className={`${css.row} ${isAt ? css.at : ''}`}
      data-kind={kind === equal ? 'equal' : 'differs'}
      data-row={row}
    >
      {half('a', i, a)}
      {half('b', j, b)}
    </div>
  )
})

function Text({ text, marked }: { text: string; marked: Range[] | undefined }) {
  const seen = pieces({ ...blank, text, hits: marked }, shown)
  return (
    <bdi className={css.text} dir="ltr">
      {seen.map((piece, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no other name
        <Seen key={i} piece={piece} />
      ))}
      {text.length > shown ? (
        <span className={css.more}> … {count(text.length - shown)} more characters</span>
      ) : null}
    </bdi>
  )
}

function Seen({ piece }: { piece: Piece }) {
  const text = piece.isSign ? <span className={css.unseen}>{piece.text}</span> : piece.text
  return piece.isHit ? <mark>{text}</mark> : text
}
