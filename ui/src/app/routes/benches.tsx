import { createRoute, useNavigate } from '@tanstack/react-router'
import { BenchesPage } from '@/features/benches/BenchesPage'
import { root } from './root'

export const benches = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (s: Record<string, unknown>): { on?: string } =>
    typeof s.on === 'string' && /^[a-z0-9-]{1,32}\/[a-z0-9-]{1,48}$/.test(s.on) ? { on: s.on } : {},
  component: function Benches() {
    const { on } = benches.useSearch()
    const navigate = useNavigate()
    return (
      <BenchesPage
        on={on}
        onChoose={(chosen) =>
          navigate({ to: '/', search: chosen ? { on: chosen } : {}, replace: true })
        }
        onStarted={(run) => navigate({ to: '/r/$id', params: { id: run.id } })}
      />
    )
  },
})
