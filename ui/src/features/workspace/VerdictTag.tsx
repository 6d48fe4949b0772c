import { CircleCheck, CircleX } from 'lucide-react'
import { RunIcon } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import css from './block.module.css'
import { useVerdict, verdictWords } from './useVerdict'

// A check's result beside its name.
export function VerdictTag({ run }: { run: Run }) {
  const { data } = useVerdict(run)
  if (!data || data.verdict === 'pending') return null
  const look = data.verdict === 'pass' ? css.passed : css.failed
  return <span className={`${css.verdict} ${look}`}>{verdictWords(data)}</span>
}

// A check that ended is judged by what it found, not by its exit code.
export function VerdictIcon({ run }: { run: Run }) {
  const { data } = useVerdict(run)
  const stroke = { size: 16, strokeWidth: 1.75, role: 'img' } as const
  if (data?.verdict === 'pass')
    return <CircleCheck {...stroke} aria-label="Passed" className={css.good} />
  if (data?.verdict === 'fail' || data?.verdict === 'no_match')
    return <CircleX {...stroke} aria-label="Failed" className={css.bad} />
  return <RunIcon run={run} />
}
