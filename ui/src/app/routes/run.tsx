import { createRoute, useNavigate } from '@tanstack/react-router'
import { type Params, paramsOf } from '@/features/run/address'
import { Compare, type CompareSearch, isPair, parseCompare } from './compare'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const RunPage = lazyPage(() => import('@/features/run/RunPage').then((m) => m.RunPage))

export const run = createRoute({
  getParentRoute: () => root,
  path: '/r/$id',
  validateSearch: (s: Record<string, unknown>): Params & CompareSearch => ({
    ...paramsOf(s),
    ...parseCompare(s),
  }),
  component: withCode(RunPage, function Run() {
    const { id } = run.useParams()
    const search = run.useSearch()
    const navigate = useNavigate()
    if (isPair(id)) return <Compare id={id} search={search} />
    return (
      <RunPage
        key={id}
        id={id}
        params={paramsOf(search)}
        onParams={(params) =>
          navigate({ to: '/r/$id', params: { id }, search: params, replace: true })
        }
        onStarted={(started) => navigate({ to: '/r/$id', params: { id: started.id } })}
      />
    )
  }),
})
