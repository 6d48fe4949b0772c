import { createRoute } from '@tanstack/react-router'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const WorkspacePage = lazyPage(() =>
  import('@/features/workspace/WorkspacePage').then((m) => m.WorkspacePage),
)

export const workspace = createRoute({
  getParentRoute: () => root,
  path: '/b/$bench',
  component: withCode(WorkspacePage, function Workspace() {
    const { bench } = workspace.useParams()
    return <WorkspacePage key={bench} bench={bench} device={undefined} />
  }),
})

export const workspaceDevice = createRoute({
  getParentRoute: () => root,
  path: '/b/$bench/$device',
  component: withCode(WorkspacePage, function WorkspaceDevice() {
    const { bench, device } = workspaceDevice.useParams()
    return <WorkspacePage key={bench} bench={bench} device={device} />
  }),
})
