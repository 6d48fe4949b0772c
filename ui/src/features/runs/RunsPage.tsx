// The runs of the lab: found, followed as they come, run again and compared.
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { Link as LinkIcon } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { goesOn } from '@/shared/lab'
import { useActions } from '@/shared/palette'
import {
  CopyButton,
  FaultNote,
  PageHead,
  Skeleton,
  useLate,
  useNow,
  useTitle,
} from '@/shared/parts'
import { useSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'
import { count, plural, time } from '@/shared/words'
import { chosen } from './columns'
import { rowsOf, startOf } from './days'
import { Filters } from './Filters'
import { RunCards } from './RunCards'
import { RunTable } from './RunTable'
import css from './runs.module.css'
import { SelectionBar } from './SelectionBar'
import { isFiltered, type RunsSearch } from './search'
import { useActsOnRuns } from './useActsOnRuns'
import { useRuns } from './useRuns'
import { useSelection } from './useSelection'

type Props = {
  search: RunsSearch
  onSearch: (search: RunsSearch) => void
  onOpen: (id: string) => void
  onCompare: (a: string, b: string) => void
}

export function RunsPage({ search, onSearch, onOpen, onCompare }: Props) {
  const [isLive, setLive] = useState(true)
  const list = useRuns(search, isLive)
  const { runs, isLoaded, fault } = list
  const asOf = useConnection((c) => c.asOf)
  const isPhone = useMediaQuery('(width < 50em)', undefined, { getInitialValueInEffect: false })
  const names = useSettings((s) => s.runsColumns)
  const columns = useMemo(() => chosen(names), [names])
  const acts = useActsOnRuns(onOpen)
  const today = new Date(useNow(true, 60_000)).toDateString() // the day may end
  const isWhole = list.older === undefined
  const rows = useMemo(() => rowsOf(runs, isWhole, new Date(today)), [runs, isWhole, today])
  const compare = () => {
    const [newer, older] = [...marked].sort((a, b) => startOf(b) - startOf(a))
    if (newer && older && marked.length === 2) onCompare(older.id, newer.id)
  }
  const selection = useSelection(runs, compare, onOpen)
  const { marked } = selection
  const isLate = useLate(!isLoaded && !fault)
  const filter = useCallback(
    (change: Partial<RunsSearch>) => onSearch({ ...search, ...change }),
    [search, onSearch],
  )
  useTitle('Runs')
  useActions('Runs', [
    { id: 'runs.lost', label: 'Runs that were lost', run: () => onSearch({ outcome: 'lost' }) },
    { id: 'runs.running', label: 'Runs that go on', run: () => onSearch({ state: 'running' }) },
    { id: 'runs.all', label: 'All runs', run: () => onSearch({}) },
  ])

  const running = runs.filter(goesOn).length
  const foot = (
    <footer className={css.foot}>
      <span role="status">{isLoaded ? `${plural(runs.length, 'run')} shown` : ''}</span>
      {list.older ? (
        <Button variant="subtle" loading={list.isLoadingOlder} onClick={list.older}>
          Load older runs
        </Button>
      ) : null}
      {asOf ? <span>as of {time(asOf)}</span> : null}
      <p className={css.keys}>
        <kbd>j</kbd> <kbd>k</kbd> move <kbd>x</kbd> select <kbd>↵</kbd> open
      </p>
    </footer>
  )
  const List = isPhone ? RunCards : RunTable
  return (
    <>
      <PageHead
        title="Runs"
        acts={
          <>
            <Link to="/jobs" className={css.search}>
              Search all lines
            </Link>
            <CopyButton text={location.href} icon={<LinkIcon size={14} aria-hidden />}>
              Copy link
            </CopyButton>
          </>
        }
      >
        {running > 0 ? `${count(running)} running` : null}
      </PageHead>
      <main className={css.page}>
        <Filters
          search={search}
          runs={runs}
          shown={columns}
          isLive={isLive}
          waiting={list.waiting}
          onSearch={onSearch}
          onLive={() => setLive(!isLive)}
        />
        {fault ? (
          <FaultNote fault={fault}>
            <Button onClick={list.again}>Try again</Button>
          </FaultNote>
        ) : null}
        {isLoaded && runs.length > 0 ? (
          <List
            rows={rows}
            columns={columns}
            cursor={selection.cursor}
            selected={selection.ids}
            acts={acts}
            onCursor={selection.setCursor}
            onSelect={selection.toggle}
            onFilter={filter}
            onOpen={onOpen}
          />
        ) : (
          <div className={css.nothing} aria-busy={!isLoaded && !fault}>
            {isLoaded ? <None search={search} onClear={() => onSearch({})} /> : null}
            {isLate
              ? ['44%', '60%', '38%', '52%'].map((w) => <Skeleton key={w} width={w} />)
              : null}
          </div>
        )}
        {isLoaded && runs.length > 0 ? foot : null}
        <SelectionBar runs={marked} acts={acts} onCompare={compare} onClear={selection.clear} />
      </main>
    </>
  )
}

function None({ search, onClear }: { search: RunsSearch; onClear: () => void }) {
  if (isFiltered(search)) {
    return (
      <>
        <h2>No run matches</h2>
        <p>{Object.values(search).filter(Boolean).join(' · ')}</p>
        <Button onClick={onClear}>Clear filters</Button>
      </>
    )
  }
  return (
    <>
      <h2>No run yet</h2>
      <p>Open a device and run a command; it is kept here with all its lines.</p>
      <Link to="/" className={css.way}>
        Go to the benches
      </Link>
    </>
  )
}
