// The runs of one device: what the lab tells live, and pages of what the relay
// keeps, further back at each wish.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { getJSON } from '@/shared/query'
import type { Run, Runs } from '@/shared/wire'
import { blocksOf } from './blocks'

const page = 30

export function useBlocks(bench: string, device: string) {
  const lab = useLab((s) => s.runs)
  const kept = useInfiniteQuery({
    queryKey: ['runs', 'device', bench, device],
    queryFn: ({ pageParam, signal }) => {
      const q = new URLSearchParams({ bench, device, limit: String(page), cursor: pageParam })
      if (!pageParam) q.delete('cursor')
      return getJSON<Runs>(`/api/v1/runs?${q}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    staleTime: Number.POSITIVE_INFINITY, // the lab tells what is new
  })
  const pages = kept.data?.pages
  const blocks = useMemo(() => {
    const older: Run[] = (pages ?? []).flatMap((p) => p.runs ?? [])
    return blocksOf(lab, older, bench, device)
  }, [lab, pages, bench, device])
  return {
    blocks,
    isLoading: kept.isPending,
    fault: kept.error,
    retry: () => kept.refetch(),
    hasOlder: kept.hasNextPage,
    isLoadingOlder: kept.isFetchingNextPage,
    older: () => kept.fetchNextPage(),
  }
}
