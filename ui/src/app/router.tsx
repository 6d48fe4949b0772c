// Addresses and their pages. What an address says is checked here; pages get
// it as properties.
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  useNavigate,
} from '@tanstack/react-router'
import { BenchesPage } from '@/features/benches/BenchesPage'
import { RunPage } from '@/features/run/RunPage'
import { Frame } from './Frame'
import css from './frame.module.css'

const root = createRootRoute({
  component: Frame,
  notFoundComponent: () => (
    <main className={css.refused}>
      <h1>There is no such page</h1>
      <Link to="/">Go to the benches</Link>
    </main>
  ),
})

const benches = createRoute({
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

const run = createRoute({
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

export const router = createRouter({ routeTree: root.addChildren([benches, run]) })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
