import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const JobsPage = lazyPage(() => import('@/features/jobs/JobsPage').then((m) => m.JobsPage))
const id = (v: unknown) => (typeof v === 'string' && /^[a-z0-9-]{1,32}$/.test(v) ? v : undefined)

export const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  // `job` is the one whose result is open, `bench` where a search shall look.
  validateSearch: (s: Record<string, unknown>): { job?: string; bench?: string } => ({
    ...(id(s.job) ? { job: id(s.job) } : {}),
    ...(id(s.bench) ? { bench: id(s.bench) } : {}),
  }),
  component: withCode(JobsPage, function Jobs() {
    const search = jobs.useSearch()
    const navigate = useNavigate()
    return (
      <JobsPage
        open={search.job}
        bench={search.bench}
        onOpen={(job) => navigate({ to: '/jobs', search: { ...search, job }, replace: true })}
      />
    )
  }),
})
