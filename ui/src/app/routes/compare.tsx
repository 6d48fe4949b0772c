// `/r/a..b`: of the same shape as a run's address, so the run's route asks here
// first.
import { useNavigate } from '@tanstack/react-router'
import { type CompareSearch, parsePair } from '@/features/compare/search'
import { lazyPage } from './lazyPage'

const ComparePage = lazyPage(() =>
  import('@/features/compare/ComparePage').then((m) => m.ComparePage),
)

export { type CompareSearch, parseCompare } from '@/features/compare/search'
export const isPair = (id: string) => parsePair(id) !== undefined

export function Compare({ id, search }: { id: string; search: CompareSearch }) {
  const navigate = useNavigate()
  const { a, b } = parsePair(id)!
  const go = (to: string, s: CompareSearch, replace: boolean) =>
    navigate({ to: '/r/$id', params: { id: to }, search: s, replace })
  return (
    <ComparePage
      key={id}
      a={a}
      b={b}
      search={search}
      onSearch={(s) => go(id, s, true)}
      onSwap={() => go(`${b}..${a}`, { ...search, d: undefined }, false)}
    />
  )
}
