// The jobs of the last 24 hours: asked once, then as the room tells them.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { getJSON } from '@/shared/query'
import { useConnection } from '@/shared/socket'
import type { Job, Jobs } from '@/shared/wire'
import { lacking, listed } from './jobs'

const none: Job[] = []

export function useJobs() {
  const told = useLab((s) => s.jobs)
  const times = useConnection((c) => c.times)
  const read = useQuery({
    queryKey: ['jobs'],
    queryFn: ({ signal }) => getJSON<Jobs>('/api/v1/jobs', signal),
    staleTime: 0,
  })
  const asked = read.data?.jobs ?? none
  const jobs = useMemo(() => listed(Object.values(told), asked), [told, asked])
  const missing = lacking(jobs)
  const { refetch } = read
  // The snapshot after a reconnect has no results.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again for each of these
  useEffect(() => {
    if (missing) refetch()
  }, [refetch, missing, times])
  return { jobs, read }
}
