// What the relay says of a check's run: one evaluator for the page and the CLI.
import { useQuery } from '@tanstack/react-query'
import { getJSON } from '@/shared/query'
import type { Run, Verdict } from '@/shared/wire'

const askAgain = 1000

export function useVerdict(run: Run | undefined) {
  return useQuery({
    queryKey: ['verdict', run?.id],
    queryFn: ({ signal }) => getJSON<Verdict>(`/api/v1/runs/${run?.id}/verdict`, signal),
    enabled: run?.check !== undefined && run.state === 'ended',
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (q) => (q.state.data?.verdict === 'pending' ? askAgain : false),
  })
}

// Where anything will do, only what was found is worth a word.
const isAny = (v: Verdict) => v.expected === '' || v.expected === 'anything'

// verdictWords: the result in one line, the value first.
export function verdictWords(v: Verdict): string {
  switch (v.verdict) {
    case 'pass':
      return isAny(v) ? v.found || 'Passed' : `${v.found}, as expected`
    case 'fail':
      return v.found && !isAny(v) ? `${v.found}, expected ${v.expected}` : v.reason || 'Failed'
    case 'no_match':
      return v.reason || 'No line matches the pattern'
    case 'not_run':
      return v.reason || 'It did not run to its end'
    case 'pending':
      return 'Waiting for its lines'
  }
}
