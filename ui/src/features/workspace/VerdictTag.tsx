import { useVerdict, verdictWords } from '@/shared/verdict'
import type { Run } from '@/shared/wire'
import css from './block.module.css'

// A check's result beside its name.
export function VerdictTag({ run }: { run: Run }) {
  const { data } = useVerdict(run)
  if (!data || data.verdict === 'pending') return null
  const look = data.verdict === 'pass' ? css.passed : css.failed
  return <span className={`${css.verdict} ${look}`}>{verdictWords(data)}</span>
}
