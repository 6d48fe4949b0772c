import { createRoute, useNavigate } from '@tanstack/react-router'
import { RunPage } from '@/features/run/RunPage'
import { Compare, type CompareSearch, isPair, parseCompare } from './compare'
import { root } from './root'

export const run = createRoute({
  getParentRoute: () => root,
  path: '/r/$id',
  validateSearch: (s: Record<string, unknown>): { L?: number } & CompareSearch => {
    const line = Number(s.L)
    return { ...(Number.isSafeInteger(line) && line > 0 ? { L: line } : {}), ...parseCompare(s) }
  },
  component: function Run() {
    const { id } = run.useParams()
    const { L, ...others } = run.useSearch()
    const navigate = useNavigate()
    if (isPair(id)) return <Compare id={id} search={others} />
    return (
      <RunPage
        key={id}
        id={id}
        line={L}
        onLine={(line) =>
          navigate({ to: '/r/$id', params: { id }, search: line ? { L: line } : {}, replace: true })
        }
        onStarted={(started) => navigate({ to: '/r/$id', params: { id: started.id } })}
      />
    )
  },
})
