// A check that ended is judged by what it found, not by its exit code.
import { CircleCheck, CircleX } from 'lucide-react'
import { runSign, type Sign, SignIcon } from '@/shared/parts'
import type { Run } from '@/shared/wire'
import { useVerdict } from './useVerdict'

const stroke = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const passed: Sign = { word: 'Passed', tone: 'ok', icon: <CircleCheck {...stroke} /> }
const failed: Sign = { word: 'Failed', tone: 'danger', icon: <CircleX {...stroke} /> }

export function useSign(run: Run): Sign {
  const { data } = useVerdict(run)
  if (data?.verdict === 'pass') return passed
  if (data?.verdict === 'fail' || data?.verdict === 'no_match') return failed
  return runSign(run)
}

// ResultIcon is how a run came out, a check's as its verdict has it.
export const ResultIcon = ({ run }: { run: Run }) => <SignIcon sign={useSign(run)} />
