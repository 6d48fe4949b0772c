import { Button, Menu } from '@mantine/core'
import { Columns3, Radio } from 'lucide-react'
import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { type Choice, FilterField, Pick } from '@/shared/pick'
import { changeSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'
import type { Run } from '@/shared/wire'
import { count } from '@/shared/words'
import { type Column, columns } from './columns'
import css from './filters.module.css'
import type { RunsSearch } from './search'

const outcomes: Choice[] = [
  { value: 'state:running', label: 'Running' },
  { value: 'state:unknown', label: 'Unknown, not settled' },
  { value: 'outcome:exited', label: 'Exited' },
  { value: 'outcome:timed_out', label: 'Timed out' },
  { value: 'outcome:cancelled', label: 'Cancelled' },
  { value: 'outcome:lost', label: 'Lost' },
  { value: 'outcome:refused', label: 'Refused' },
  { value: 'outcome:unknown', label: 'Unknown' },
]
const spans: Choice[] = [
  { value: '1h', label: '1 hour' },
  { value: '8h', label: '8 hours' },
  { value: '1d', label: '1 day' },
  { value: '2d', label: '2 days' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
]

type Props = {
  search: RunsSearch
  runs: Run[]
  shown: Column[]
  isLive: boolean
  waiting: number
  onSearch: (s: RunsSearch) => void
  onLive: () => void
}

export function Filters({ search, runs, shown, isLive, waiting, onSearch, onLive }: Props) {
  const benches = useLab((s) => s.benches)
  const set = (change: Partial<RunsSearch>) => onSearch({ ...search, ...change })
  const benchChoices = benches.map((b) => ({ value: b.id, label: b.name || b.id }))
  const deviceChoices = benches
    .filter((b) => !search.bench || b.id === search.bench)
    .flatMap((b) =>
      (b.devices ?? []).map((d) => ({
        value: d.id,
        label: d.id,
        hint: search.bench ? d.model.replaceAll('_', ' ') : b.name || b.id,
      })),
    )
  const me = useConnection((c) => c.user?.name || c.user?.id || '')
  const people = useMemo(() => peopleOf(runs, me), [runs, me])
  const checks = useMemo(() => checksOf(runs), [runs])
  const outcome = search.state
    ? `state:${search.state}`
    : search.outcome
      ? `outcome:${search.outcome}`
      : undefined
  return (
    <search className={css.filters}>
      <FilterField
        asks
        label="Command, check or run id"
        value={search.q ?? ''}
        onChange={(q) => set({ q: q.trim() || undefined })}
      />
      <div className={css.picks}>
        <Pick
          name="Bench"
          choices={benchChoices}
          value={search.bench}
          onChange={(bench) => set({ bench, device: undefined })}
        />
        <Pick
          name="Device"
          choices={deviceChoices}
          value={search.device}
          onChange={(device) => set({ device })}
        />
        <Pick
          name="Outcome"
          choices={outcomes}
          value={outcome}
          onChange={(v) => {
            const [kind, word] = v?.split(':') ?? []
            set({
              state: kind === 'state' ? word : undefined,
              outcome: kind === 'outcome' ? word : undefined,
            })
          }}
        />
        <Pick name="By" choices={people} value={search.by} onChange={(by) => set({ by })} />
        <Pick
          name="Since"
          choices={spans}
          value={search.since}
          onChange={(since) => set({ since })}
        />
        {checks.length > 0 || search.check ? (
          <Pick
            name="Check"
            choices={checks}
            value={search.check}
            onChange={(check) => set({ check })}
          />
        ) : null}
      </div>
      <Button
        className={isLive ? css.live : ''}
        aria-pressed={isLive}
        leftSection={<Radio size={14} aria-hidden />}
        onClick={onLive}
      >
        {isLive || waiting === 0 ? 'Live' : `${count(waiting)} new`}
      </Button>
      <ColumnsMenu shown={shown} />
    </search>
  )
}

function ColumnsMenu({ shown }: { shown: Column[] }) {
  const ids = shown.map((c) => c.id)
  const toggle = (id: string) =>
    changeSettings({
      runsColumns: ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id],
    })
  return (
    <Menu position="bottom-end" width={200} closeOnItemClick={false}>
      <Menu.Target>
        <Button
          className={css.columns}
          aria-label="Columns"
          leftSection={<Columns3 size={14} strokeWidth={1.75} aria-hidden />}
        >
          <span className={css.word}>Columns</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns
          .filter((c) => c.id !== 'command')
          .map((c) => (
            <Menu.CheckboxItem
              key={c.id}
              checked={ids.includes(c.id)}
              onChange={() => toggle(c.id)}
            >
              {c.title}
            </Menu.CheckboxItem>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}

// Oneself comes first, also while nothing of one's own is in the list.
function peopleOf(runs: Run[], me: string): Choice[] {
  const others = [...new Set(runs.map((r) => r.by))].filter((by) => by && by !== me).sort()
  return [
    ...(me ? [{ value: me, label: me, hint: 'you' }] : []),
    ...others.map((by) => ({ value: by, label: by })),
  ]
}

function checksOf(runs: Run[]): Choice[] {
  const found = new Map<string, string>()
  for (const { check } of runs) if (check && !found.has(check.id)) found.set(check.id, check.label)
  return [...found].map(([value, label]) => ({ value, label }))
}
