// The lines of a short result: number, level, text. Text from a device stays
// text.
import { glyphs, type Row } from '@/shared/log'
import { pieces } from '@/shared/log/pieces'
import { count, sentence } from '@/shared/words'
import css from './block.module.css'

const longest = 4000 // characters of a line

export function Output({ rows }: { rows: Row[] }) {
  const has = (stream: string) => rows.some((r) => r.kind === 'line' && r.stream === stream)
  const isBoth = has('err') && has('out')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark, one a result
    <div className={css.output} role="group" aria-label="Output" tabIndex={0}>
      {rows.map((row) =>
        row.kind === 'gap' ? (
          <div key={`gap-${row.from}`} className={css.gap}>
            {row.to === undefined ? 'Lines lost. ' : `${count(row.to - row.from + 1)} lines lost. `}
            {sentence(row.reason)}
          </div>
        ) : (
          <div key={row.n} className={`${css.line} ${css[row.level]}`}>
            <i>{count(row.n)}</i>
            <b>{glyphs[row.level]}</b>
            {isBoth ? <em>{row.stream === 'err' ? <span>err</span> : null}</em> : null}
            <bdi>
              {pieces({ ...row, faces: undefined }, longest).map((p) => p.text)}
              {row.text.length > longest ? ' …' : ''}
            </bdi>
          </div>
        ),
      )}
    </div>
  )
}
