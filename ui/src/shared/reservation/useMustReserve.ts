// Whether the lab wants a free device reserved before it is used. The relay
// refuses by its own knowledge: this is what a page says beforehand.
import { useQuery } from '@tanstack/react-query'
import { getJSON, queryClient } from '@/shared/query'
import type { Lab } from '@/shared/wire'

export const labKey = ['lab']
export const askLab = ({ signal }: { signal: AbortSignal }) => getJSON<Lab>('/api/v1/lab', signal)

export function useMustReserve(isAsked: boolean): boolean {
  const { data } = useQuery(
    {
      queryKey: labKey,
      queryFn: askLab,
      enabled: isAsked,
      refetchOnWindowFocus: true, // nobody tells a page of a change
    },
    queryClient,
  )
  return data?.unreserved === 'reserve'
}

// A refusal tells that it has changed.
export const labMoved = () => queryClient.invalidateQueries({ queryKey: labKey })
