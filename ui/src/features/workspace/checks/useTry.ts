import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { postJSON } from '@/shared/query'
import type { Check, Trial, Verdict } from '@/shared/wire'

const longest = 200_000 // characters that are sent

// useTry asks the relay's own judge, as check and text are typed.
export function useTry({ pattern, expect }: Check, text: string) {
  const [trial] = useDebouncedValue<Trial>({ pattern, expect, text: text.slice(0, longest) }, 200)
  return useQuery({
    queryKey: ['try', trial],
    queryFn: ({ signal }) => postJSON<Verdict>('/api/v1/checks/try', trial, signal),
    enabled: trial.pattern !== '' && trial.text !== '',
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
}
