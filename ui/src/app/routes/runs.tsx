import { createRoute, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { parseRuns, type RunsSearch } from '@/features/runs/search'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const RunsPage = lazyPage(() => import('@/features/runs/RunsPage').then((m) => m.RunsPage))

export const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: parseRuns,
  component: withCode(RunsPage, function Runs() {
    const search = runs.useSearch()
    const navigate = useNavigate()
    const onSearch = useCallback(
      (s: RunsSearch) => navigate({ to: '/runs', search: s, replace: true }),
      [navigate],
    )
    const onOpen = useCallback(
      (id: string) => navigate({ to: '/r/$id', params: { id } }),
      [navigate],
    )
    return (
      <RunsPage
        search={search}
        onSearch={onSearch}
        onOpen={onOpen}
        onCompare={(a, b) => navigate({ to: '/r/$id', params: { id: `${a}..${b}` } })}
      />
    )
  }),
})
