// Addresses and their pages: one file a route in `routes`. What an address says
// is checked there; pages get it as properties.
import { createRouter } from '@tanstack/react-router'
import { Loading, NoSuchPage, PageFailed } from './frame/Fallbacks'
import { benches } from './routes/benches'
import { checks } from './routes/checks'
import { jobs } from './routes/jobs'
import { lab } from './routes/lab'
import { root } from './routes/root'
import { run } from './routes/run'
import { runs } from './routes/runs'
import { settings } from './routes/settings'
import { workspace, workspaceDevice } from './routes/workspace'

export const router = createRouter({
  routeTree: root.addChildren([
    benches,
    run,
    runs,
    workspace,
    workspaceDevice,
    checks,
    jobs,
    lab,
    settings,
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingMinMs: 0,
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NoSuchPage,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
