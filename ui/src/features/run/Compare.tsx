// Which other run to lay beside this one.
import { Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { GitCompare } from 'lucide-react'
import { useState } from 'react'
import { RunIcon } from '@/shared/parts'
import { getJSON, queryClient } from '@/shared/query'
import type { Run, Runs } from '@/shared/wire'
import { ago } from '@/shared/words'
import css from './run.module.css'

const offered = 8

function useOthers(run: Run, isAsked: boolean) {
  const { data, isError } = useQuery(
    {
      queryKey: ['others', run.bench, run.device, run.command],
      queryFn: ({ signal }) => {
        const text = run.command.split('\n')[0]!.slice(0, 200)
        const query = new URLSearchParams({
          bench: run.bench,
          device: run.device,
          text,
          limit: '50',
        })
        return getJSON<Runs>(`/api/v1/runs?${query}`, signal)
      },
      enabled: isAsked,
    },
    queryClient,
  )
  // The same command first; lists cut a long one.
  const others = (data?.runs ?? []).filter((r) => r.id !== run.id)
  const same = others.filter((r) => run.command.startsWith(r.command))
  return {
    runs: [...same, ...others.filter((r) => !same.includes(r))].slice(0, offered),
    isKnown: data !== undefined || isError,
  }
}

// The older run is the left one.
const compareOf = (a: Run, b: Run) =>
  Date.parse(a.created_at) <= Date.parse(b.created_at) ? `${a.id}..${b.id}` : `${b.id}..${a.id}`

export function Compare({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <Button leftSection={<GitCompare size={14} aria-hidden />}>Compare…</Button>
      </Menu.Target>
      <Menu.Dropdown className={css.scrolls}>
        <Others run={run} isAsked={isOpen} />
      </Menu.Dropdown>
    </Menu>
  )
}

export function Others({ run, isAsked }: { run: Run; isAsked: boolean }) {
  const navigate = useNavigate()
  const { runs, isKnown } = useOthers(run, isAsked)
  if (runs.length === 0)
    return (
      <Menu.Label>{isKnown ? 'No other run of this on the device' : 'Looking for runs'}</Menu.Label>
    )
  return (
    <>
      <Menu.Label>Compare with</Menu.Label>
      {runs.map((other) => (
        <Menu.Item
          key={other.id}
          leftSection={<RunIcon run={other} />}
          rightSection={<small className={css.dim}>{ago(Date.parse(other.created_at))}</small>}
          onClick={() => navigate({ to: '/r/$id', params: { id: compareOf(run, other) } })}
        >
          <code className={css.cut}>{other.command.split('\n')[0]}</code>
        </Menu.Item>
      ))}
    </>
  )
}
