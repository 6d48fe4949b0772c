import { createRoute } from '@tanstack/react-router'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const LabPage = lazyPage(() => import('@/features/lab/LabPage').then((m) => m.LabPage))

export const lab = createRoute({
  getParentRoute: () => root,
  path: '/lab',
  component: withCode(LabPage, () => <LabPage />),
})
