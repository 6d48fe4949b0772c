// What a check made of its run.
import { useVerdict, verdictWords } from '@/shared/verdict'
import type { Run } from '@/shared/wire'
import css from './run.module.css'

export function CheckFact({ run }: { run: Run }) {
  const { data } = useVerdict(run)
  if (!data || data.verdict === 'pending') return <span className={css.dim}>not decided yet</span>
  return (
    <span className={data.verdict === 'pass' ? css.good : css.bad} title={data.reason}>
      {verdictWords(data)}
    </span>
  )
}
