import { useQuery } from '@tanstack/react-query'
import { getJSON } from '@/shared/query'
import type { Run, Runs } from '@/shared/wire'

// The newest run of a check on a device: among the blocks, else the relay is
// asked once whether there was one earlier.
export function useLastRun(check: string, bench: string, device: string, blocks: Run[]) {
  const here = blocks.findLast((r) => r.check?.id === check)
  const { data } = useQuery({
    queryKey: ['runs', 'check', check, bench, device],
    queryFn: ({ signal }) => {
      const q = new URLSearchParams({ bench, device, check, limit: '1' })
      return getJSON<Runs>(`/api/v1/runs?${q}`, signal)
    },
    enabled: here === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return here ?? data?.runs?.find((r) => r.check?.id === check)
}
