import { Button } from '@mantine/core'
import { plural } from '@/shared/words'
import css from './empty.module.css'
import type { BenchesSearch, Shown } from './search'

const words = { q: 'Text', state: 'State', model: 'Model', label: 'Label' }
const stateWords: Record<string, string> = {
  online: 'Online',
  running: 'Running',
  attention: 'Needs attention',
  offline: 'Offline',
}

type Props = {
  hidden: Shown['hidden']
  search: BenchesSearch
  onSearch: (s: BenchesSearch) => void
}

// Nothing is left: which filter hides how many, and how to be rid of it.
export function NoMatch({ hidden, search, onSearch }: Props) {
  return (
    <section className={css.empty}>
      <h2>No bench matches</h2>
      <ul className={css.hiding}>
        {hidden.map(({ name, value, hides }) => (
          <li key={name}>
            <span>
              {words[name]} <b>{name === 'state' ? stateWords[value] : value}</b>{' '}
              {hides > 0 ? `hides ${plural(hides, 'bench', 'benches')}` : 'and another filter'}
            </span>
            <Button onClick={() => onSearch({ ...search, [name]: undefined })}>
              Clear {words[name].toLowerCase()}
            </Button>
          </li>
        ))}
      </ul>
      {hidden.length > 1 ? (
        <Button variant="filled" onClick={() => onSearch({ view: search.view })}>
          Clear all filters
        </Button>
      ) : null}
    </section>
  )
}
