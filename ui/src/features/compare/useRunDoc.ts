import { useQuery } from '@tanstack/react-query'
import { useLab } from '@/shared/lab'
import { faultOf, getJSON, queryClient } from '@/shared/query'
import type { Fault, Run } from '@/shared/wire'

export type RunDoc = { run?: Run; fault?: Fault }

// useRunDoc is a run as it stands: from the lab's room where it is there, which
// is newer, else asked once.
export function useRunDoc(id: string): RunDoc {
  const live = useLab((s) => s.runs.find((r) => r.id === id))
  const { data, error } = useQuery(
    {
      queryKey: ['run', id],
      queryFn: ({ signal }) => getJSON<Run>(`/api/v1/runs/${id}`, signal),
      staleTime: 0,
    },
    queryClient,
  )
  const run = live ?? data
  if (run) return { run }
  if (!error) return {}
  return { fault: faultOf(error) }
}
