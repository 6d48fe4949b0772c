import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { Check, ChevronDown, ChevronUp } from 'lucide-react'
import { count, plural } from '@/shared/words'
import type { Counts } from './align'
import { type Ignored, ignorable } from './ignore'
import { type CompareSearch, ignoredOf, withIgnored } from './search'
import css from './toolbar.module.css'

const names: Record<Ignored, string> = {
  times: 'Times',
  pids: 'Process ids',
  addresses: 'Addresses',
}

type Props = {
  counts: Counts | undefined
  isRough: boolean
  search: CompareSearch
  onSearch: (s: CompareSearch) => void
  onStep: (by: 1 | -1) => void
}

export function Toolbar({ counts, isRough, search, onSearch, onStep }: Props) {
  const ignored = ignoredOf(search)
  const differences = counts ? counts.changed + counts.onlyA + counts.onlyB : 0
  const toggle = (one: Ignored) => {
    const next = ignored.includes(one) ? ignored.filter((i) => i !== one) : [...ignored, one]
    onSearch(withIgnored({ ...search, d: undefined }, next))
  }
  return (
    <div className={css.toolbar} role="toolbar" aria-label="Comparison">
      <p className={css.counts} role="status">
        {counts ? (
          <>
            <b>{plural(differences, 'difference')}</b>{' '}
            <span>
              {count(counts.changed)} changed · {count(counts.onlyA)} only in A ·{' '}
              {count(counts.onlyB)} only in B · {count(counts.equal)} equal
              {isRough ? ' · roughly: the runs differ too much to be paired line by line' : ''}
            </span>
          </>
        ) : null}
      </p>
      <fieldset className={css.ignore}>
        <legend>Ignore</legend>
        {ignorable.map((one) => {
          const isOn = ignored.includes(one)
          return (
            <Button
              key={one}
              aria-pressed={isOn}
              className={isOn ? css.on : ''}
              leftSection={isOn ? <Check size={14} aria-hidden /> : null}
              onClick={() => toggle(one)}
            >
              {names[one]}
            </Button>
          )
        })}
      </fieldset>
      <SegmentedControl
        aria-label="Lines shown"
        className={css.wide}
        value={search.all ? 'all' : 'differences'}
        onChange={(v) => onSearch({ ...search, all: v === 'all' ? true : undefined })}
        data={[
          { value: 'differences', label: 'Differences' },
          { value: 'all', label: 'All lines' },
        ]}
      />
      <div className={css.steps}>
        <ActionIcon
          variant="default"
          aria-label="Previous difference"
          disabled={differences === 0}
          onClick={() => onStep(-1)}
        >
          <ChevronUp size={16} strokeWidth={1.75} />
        </ActionIcon>
        <Button
          leftSection={<ChevronDown size={14} aria-hidden />}
          rightSection={<kbd>n</kbd>}
          disabled={differences === 0}
          onClick={() => onStep(1)}
        >
          <span>
            Next<span className={css.word}> difference</span>
          </span>
        </Button>
      </div>
    </div>
  )
}
