// The runs that the address asks for: pages from the relay, and what the lab's
// room tells meanwhile.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useLab } from '@/shared/lab'
import { faultOf, getJSON, queryClient } from '@/shared/query'
import { useConnection } from '@/shared/socket'
import type { Fault, Run, Runs } from '@/shared/wire'
import { heard, merge } from './merge'
import { beginOf, paramsOf, type RunsSearch } from './search'

const page = 100

type RunsList = {
  runs: Run[]
  waiting: number // that came while live is off
  isLoaded: boolean
  fault: Fault | undefined
  older: (() => void) | undefined // asks for older ones, where there are any
  isLoadingOlder: boolean
  again: () => void
}

export function useRuns(search: RunsSearch, isLive: boolean): RunsList {
  const begin = useMemo(() => beginOf(search.since, Date.now()), [search.since])
  const params = paramsOf(search, begin).toString()
  const query = useInfiniteQuery(
    {
      queryKey: ['runs', params],
      queryFn: ({ pageParam, signal }) => {
        const cursor = pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''
        return getJSON<Runs>(`/api/v1/runs?${params}&limit=${page}${cursor}`, signal)
      },
      initialPageParam: '',
      getNextPageParam: (last) => last.next || undefined,
      staleTime: 0,
      placeholderData: (before) => before, // a filter changes the list, it does not blank it
    },
    queryClient,
  )
  useAfterReconnect(query.refetch)
  const seen = useHeard()
  const frozenAt = useFrozen(isLive)
  const loaded = useMemo(() => query.data?.pages.flatMap((p) => p.runs ?? []) ?? [], [query.data])
  const isWhole = query.data !== undefined && !query.hasNextPage
  const { runs, waiting } = useMemo(
    () => merge({ loaded, isWhole, seen, search, begin, frozenAt }),
    [loaded, isWhole, seen, search, begin, frozenAt],
  )
  return {
    runs,
    waiting,
    isLoaded: query.data !== undefined,
    fault: query.error ? faultOf(query.error) : undefined,
    older: query.hasNextPage ? () => query.fetchNextPage() : undefined,
    isLoadingOlder: query.isFetchingNextPage,
    again: () => query.refetch(),
  }
}

// The room tells only the newest when it is entered again: what else happened
// meanwhile is in the pages.
function useAfterReconnect(refetch: () => void): void {
  const times = useConnection((c) => c.times)
  const first = useRef(times)
  const latest = useRef(refetch)
  latest.current = refetch
  useEffect(() => {
    if (times !== first.current) latest.current()
  }, [times])
}

function useHeard(): ReadonlyMap<string, Run> {
  const runs = useLab((s) => s.runs)
  const [seen, setSeen] = useState<ReadonlyMap<string, Run>>(() => heard(new Map(), runs))
  useEffect(() => setSeen((before) => heard(before, runs)), [runs])
  return seen
}

function useFrozen(isLive: boolean): number | undefined {
  const [frozenAt, setFrozenAt] = useState<number>()
  useEffect(() => setFrozenAt(isLive ? undefined : Date.now()), [isLive])
  return frozenAt
}
