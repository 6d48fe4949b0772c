import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { RunsPage } from '@/features/runs/RunsPage'
import type { RunsSearch } from '@/features/runs/search'

const route = getRouteApi('/runs')

export function Runs() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const onSearch = useCallback(
    (s: RunsSearch) => navigate({ to: '/runs', search: s, replace: true }),
    [navigate],
  )
  const onOpen = useCallback((id: string) => navigate({ to: '/r/$id', params: { id } }), [navigate])
  return (
    <RunsPage
      search={search}
      onSearch={onSearch}
      onOpen={onOpen}
      onCompare={(a, b) => navigate({ to: '/r/$id', params: { id: `${a}..${b}` } })}
    />
  )
}
