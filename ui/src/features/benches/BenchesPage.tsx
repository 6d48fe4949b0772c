// The benches of the lab: which are there, in which state, what to do about
// it, and what runs.
import { Button, Popover } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Plus } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { goesOn, useLab } from '@/shared/lab'
import { useActions } from '@/shared/palette'
import { PageHead, useLate, useTitle } from '@/shared/parts'
import { changeSettings, useSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'
import type { Bench, Run } from '@/shared/wire'
import { plural } from '@/shared/words'
import { AddBench } from './AddBench'
import { BenchCard } from './BenchCard'
import { BenchTable, TableFoot } from './BenchTable'
import css from './benches.module.css'
import { EmptyLab } from './EmptyLab'
import emptyCss from './empty.module.css'
import { FilterBar } from './FilterBar'
import { HereNow } from './HereNow'
import { NoMatch } from './NoMatch'
import { SkeletonCard } from './SkeletonCard'
import { type BenchesSearch, byBench, pinnedFirst, shownOf } from './search'
import tableCss from './table.module.css'
import { useRoving } from './useRoving'

type Props = { search: BenchesSearch; onSearch: (s: BenchesSearch) => void }

export function BenchesPage({ search, onSearch }: Props) {
  const { loaded, benches, runs, refused } = useLab((s) => s)
  const asOf = useConnection((c) => c.asOf)
  const isLate = useLate(!loaded)
  const pins = useSettings((s) => s.pins)
  const kept = useSettings((s) => s.benchesView)
  const isPhone = useMediaQuery('(width < 50em)', undefined, { getInitialValueInEffect: false })
  const view = isPhone ? 'cards' : (search.view ?? kept)
  const runsOf = useMemo(() => byBench(runs), [runs])
  const shown = useMemo(() => shownOf(benches, runsOf, search), [benches, runsOf, search])
  const { pinned, others } = useMemo(() => pinnedFirst(shown.benches, pins), [shown, pins])
  const page = useRef<HTMLElement>(null)
  useRoving(page)
  useTitle('Benches')
  const show = (v: 'cards' | 'table') => {
    changeSettings({ benchesView: v })
    onSearch({ ...search, view: v === 'cards' ? undefined : v })
  }
  useActions('Benches', [
    ...(view === 'table'
      ? [{ id: 'benches.cards', label: 'Benches as cards', run: () => show('cards') }]
      : isPhone
        ? []
        : [{ id: 'benches.table', label: 'Benches as a table', run: () => show('table') }]),
    {
      id: 'benches.attention',
      label: 'Benches that need attention',
      run: () => onSearch({ state: 'attention' }),
    },
  ])
  const devices = benches.reduce((n, b) => n + (b.devices ?? []).length, 0)
  const running = runs.filter(goesOn).length
  const cards = (title: string, list: Bench[]) =>
    list.length > 0 ? (
      <section aria-label={title}>
        <h2 className={pinned.length > 0 ? css.group : css.silent}>{title}</h2>
        <div className={css.cards}>
          {list.map((bench) => (
            <BenchCard
              key={bench.id}
              bench={bench}
              runs={runsOf.get(bench.id) ?? noRuns}
              asOf={asOf}
            />
          ))}
        </div>
      </section>
    ) : null

  return (
    <>
      <PageHead
        title="Benches"
        acts={
          <>
            <HereNow />
            {benches.length > 0 ? <Add /> : null}
          </>
        }
      >
        {benches.length > 0 ? `${plural(devices, 'device')} · ${running} running` : null}
      </PageHead>
      {benches.length > 0 ? (
        <FilterBar
          benches={benches}
          shown={shown}
          search={search}
          view={view}
          onSearch={onSearch}
          onView={show}
        />
      ) : null}
      <main
        ref={page}
        className={view === 'table' && benches.length > 0 ? tableCss.wide : css.page}
      >
        {refused ? <p>{refused}</p> : null}
        {isLate && !refused ? (
          <div className={css.cards} aria-busy="true">
            <SkeletonCard />
            <SkeletonCard />
            <SkeletonCard />
          </div>
        ) : null}
        {loaded && benches.length === 0 ? <EmptyLab /> : null}
        {benches.length > 0 && shown.benches.length === 0 ? (
          <NoMatch hidden={shown.hidden} search={search} onSearch={onSearch} />
        ) : null}
        {view === 'cards' ? (
          <>
            {cards('Pinned', pinned)}
            {cards('All benches', others)}
          </>
        ) : shown.benches.length > 0 ? (
          <BenchTable benches={[...pinned, ...others]} runsOf={runsOf} asOf={asOf} />
        ) : null}
      </main>
      {view === 'table' && shown.benches.length > 0 ? <TableFoot benches={shown.benches} /> : null}
    </>
  )
}

const noRuns: Run[] = []

const Add = () => (
  <Popover position="bottom-end" width={520} radius="md" trapFocus returnFocus>
    <Popover.Target>
      <Button className={css.adds} leftSection={<Plus size={14} aria-hidden />}>
        Add bench
      </Button>
    </Popover.Target>
    <Popover.Dropdown className={emptyCss.add}>
      <h2>Add a bench</h2>
      <AddBench />
    </Popover.Dropdown>
  </Popover>
)
