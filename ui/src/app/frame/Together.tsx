// What other people bring to every page: their questions on top, their words at
// the side. The code of both comes when it is needed.
import { useMediaQuery } from '@mantine/hooks'
import { useLocation, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { useStore } from 'zustand'
import { useLab } from '@/shared/lab'
import { useMe } from '@/shared/people'
import { questionsTo } from '@/shared/reservation'
import { panel } from '@/shared/talk'
import { lookedAt } from '../useLook'

const Questions = lazy(() =>
  import('@/features/questions/Questions').then((m) => ({ default: m.Questions })),
)
const TalkPanel = lazy(() =>
  import('@/features/talk/TalkPanel').then((m) => ({ default: m.TalkPanel })),
)

export function AskedOfYou() {
  const { history } = useRouter()
  const all = useLab((s) => s.reservations)
  const me = useMe()?.id
  const questions = useMemo(() => questionsTo(me, Object.values(all)), [me, all])
  if (questions.length === 0) return null
  return (
    <Suspense>
      <Questions questions={questions} onGo={(to) => history.push(to)} />
    </Suspense>
  )
}

export const useIsTalking = () => useStore(panel, (s) => s.isOpen)

export function TalkSide() {
  const { history } = useRouter()
  const isOpen = useIsTalking()
  const isDocked = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false })
  const { bench, run } = lookedAt(useLocation({ select: (l) => l.pathname }))
  const of = useLab((s) => (run ? s.runs.find((r) => r.id === run)?.bench : undefined))
  if (!isOpen) return null
  return (
    <Suspense>
      <TalkPanel bench={bench ?? of} isDocked={isDocked} onGo={(to) => history.push(to)} />
    </Suspense>
  )
}
