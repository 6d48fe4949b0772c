import { SegmentedControl } from '@mantine/core'
import { LayoutGrid, Table2 } from 'lucide-react'
import { useMemo } from 'react'
import { BenchSign, Ring } from '@/shared/parts'
import { FilterField, Pick } from '@/shared/pick'
import type { Bench } from '@/shared/wire'
import css from './filters.module.css'
import { type BenchesSearch, modelOf, type Shown, type State } from './search'

const chips: { state: State | undefined; word: string; sign?: React.ReactNode }[] = [
  { state: undefined, word: 'All' },
  { state: 'online', word: 'Online' },
  { state: 'running', word: 'Running', sign: <Ring /> },
  { state: 'attention', word: 'Needs attention', sign: <BenchSign mood="attention" /> },
  { state: 'offline', word: 'Offline', sign: <BenchSign mood="offline" /> },
]

type Props = {
  benches: Bench[]
  shown: Shown
  search: BenchesSearch
  view: 'cards' | 'table'
  onSearch: (s: BenchesSearch) => void
  onView: (view: 'cards' | 'table') => void
}

export function FilterBar({ benches, shown, search, view, onSearch, onView }: Props) {
  const models = useMemo(
    () => choices(benches.flatMap((b) => (b.devices ?? []).map(modelOf))),
    [benches],
  )
  const labels = useMemo(() => choices(benches.flatMap((b) => b.labels ?? [])), [benches])
  const set = (change: Partial<BenchesSearch>) => onSearch({ ...search, ...change })
  return (
    <search className={css.filters}>
      <FilterField
        label="Name, model, serial, label"
        value={search.q ?? ''}
        onChange={(q) => set({ q: q.trim() || undefined })}
      />
      <fieldset className={css.chips}>
        <legend className={css.legend}>State</legend>
        {chips.map(({ state, word, sign }) => (
          <button
            key={word}
            type="button"
            aria-pressed={search.state === state}
            onClick={() => set({ state })}
          >
            {sign ? (
              <span className={css.sign} aria-hidden>
                {sign}
              </span>
            ) : null}
            {word} <small>{shown.counts[state ?? 'all']}</small>
          </button>
        ))}
      </fieldset>
      <div className={`${css.picks} ${search.model || search.label ? css.chosen : ''}`}>
        <Pick
          name="Model"
          choices={models}
          value={search.model}
          onChange={(model) => set({ model })}
        />
        {labels.length > 0 || search.label ? (
          <Pick
            name="Label"
            choices={labels}
            value={search.label}
            onChange={(label) => set({ label })}
          />
        ) : null}
        <SegmentedControl
          aria-label="Benches as"
          className={css.view}
          value={view}
          onChange={(v) => onView(v as 'cards' | 'table')}
          data={[
            { value: 'cards', label: <Word icon={<LayoutGrid {...icon} />} word="Cards" /> },
            { value: 'table', label: <Word icon={<Table2 {...icon} />} word="Table" /> },
          ]}
        />
      </div>
    </search>
  )
}

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

const Word = ({ icon, word }: { icon: React.ReactNode; word: string }) => (
  <span className={css.word}>
    {icon}
    {word}
  </span>
)

const choices = (values: string[]) =>
  [...new Set(values)]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((value) => ({ value, label: value }))
