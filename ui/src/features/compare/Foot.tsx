import { count } from '@/shared/words'
import css from './compare.module.css'
import type { Place } from './view'

export function Foot({ places, at }: { places: Place[]; at: number | undefined }) {
  const place = at === undefined ? undefined : places[at]
  const last = places.at(-1)
  const total = last ? last.before + last.count : 0
  return (
    <footer className={css.foot}>
      <span role="status">{place ? words(place, total) : ''}</span>
      <ul aria-label="Signs">
        <li>
          <b aria-hidden>≠</b> changed
        </li>
        <li>
          <b aria-hidden>−</b> only in A
        </li>
        <li>
          <b aria-hidden>+</b> only in B
        </li>
      </ul>
      <p className={css.keys}>
        <kbd>n</kbd> <kbd>N</kbd> next, previous <kbd>z</kbd> unfold <kbd>w</kbd> wrap <kbd>y</kbd>{' '}
        link to this difference
      </p>
    </footer>
  )
}

function words({ before, count: n }: Place, total: number): string {
  const of = ` of ${count(total)}`
  return n === 1
    ? `Difference ${count(before + 1)}${of}`
    : `Differences ${count(before + 1)}–${count(before + n)}${of}`
}
