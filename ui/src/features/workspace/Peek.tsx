import type { Run } from '@/shared/wire'
import css from './block.module.css'
import { useOutput } from './useOutput'

// A fold keeps one line of output in its head.
export function Peek({ run }: { run: Run }) {
  const { data } = useOutput(run, false)
  const line = data?.rows.find((r) => r.kind === 'line' && r.stream !== 'sys' && r.text.trim())
  return <code className={css.peek}>{line?.kind === 'line' ? line.text.slice(0, 400) : ''}</code>
}
