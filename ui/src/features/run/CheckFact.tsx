// What a check made of its run.
import { useQuery } from '@tanstack/react-query'
import { getJSON, queryClient } from '@/shared/query'
import type { Run, Verdict } from '@/shared/wire'
import css from './run.module.css'

export function CheckFact({ run }: { run: Run }) {
  const { data } = useQuery(
    {
      queryKey: ['verdict', run.id, run.state],
      queryFn: ({ signal }) => getJSON<Verdict>(`/api/v1/runs/${run.id}/verdict`, signal),
      enabled: run.state === 'ended',
    },
    queryClient,
  )
  if (!data || data.verdict === 'pending') return <span className={css.dim}>not decided yet</span>
  const isPassed = data.verdict === 'pass'
  return (
    <span className={isPassed ? css.good : css.bad} title={data.reason}>
      {wordsOf(data)}
    </span>
  )
}

function wordsOf({ verdict, found, expected }: Verdict): string {
  if (verdict === 'pass') return found ? `${found}, as expected` : 'passed'
  if (verdict === 'fail') return `${found || 'failed'}${expected ? `, expected ${expected}` : ''}`
  return verdict === 'no_match' ? 'nothing found' : 'not run'
}
