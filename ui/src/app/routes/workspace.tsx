import { createRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { root } from './root'

const Page = lazy(() =>
  import('@/features/workspace/WorkspacePage').then((m) => ({ default: m.WorkspacePage })),
)

export const workspace = createRoute({
  getParentRoute: () => root,
  path: '/b/$bench',
  component: function Workspace() {
    const { bench } = workspace.useParams()
    return (
      <Suspense>
        <Page key={bench} bench={bench} device={undefined} />
      </Suspense>
    )
  },
})

export const workspaceDevice = createRoute({
  getParentRoute: () => root,
  path: '/b/$bench/$device',
  component: function WorkspaceDevice() {
    const { bench, device } = workspaceDevice.useParams()
    return (
      <Suspense>
        <Page key={bench} bench={bench} device={device} />
      </Suspense>
    )
  },
})
