import { Lines, type Row } from '@/shared/log'
import css from './block.module.css'

// The lines of a short result.
export function Output({ rows }: { rows: Row[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark, one a result
    <div className={css.output} role="group" aria-label="Output" tabIndex={0}>
      <Lines rows={rows} />
    </div>
  )
}
