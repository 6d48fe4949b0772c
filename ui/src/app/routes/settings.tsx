import { createRoute } from '@tanstack/react-router'
import { lazyPage } from './lazyPage'
import { root } from './root'

export const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyPage(() => import('@/features/settings/SettingsPage').then((m) => m.SettingsPage)),
})
