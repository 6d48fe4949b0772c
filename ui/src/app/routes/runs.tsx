import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { parseRuns } from '@/features/runs/search'
import { root } from './root'

export const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: parseRuns,
  component: lazyRouteComponent(() => import('./runs.page'), 'Runs'),
})
