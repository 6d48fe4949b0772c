import { createRoute, useNavigate } from '@tanstack/react-router'
import { RunPage } from '@/features/run/RunPage'
import { root } from './root'

export const run = createRoute({
  getParentRoute: () => root,
  path: '/r/$id',
  validateSearch: (s: Record<string, unknown>): { L?: number } => {
    const line = Number(s.L)
    return Number.isSafeInteger(line) && line > 0 ? { L: line } : {}
  },
  component: function Run() {
    const { id } = run.useParams()
    const { L } = run.useSearch()
    const navigate = useNavigate()
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
