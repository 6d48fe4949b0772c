// Addresses and their pages: one file a route in `routes`. What an address says
// is checked there; pages get it as properties.
import { createRouter } from '@tanstack/react-router'
import { benches } from './routes/benches'
import { checks } from './routes/checks'
import { root } from './routes/root'
import { run } from './routes/run'
import { runs } from './routes/runs'
import { workspace, workspaceDevice } from './routes/workspace'

export const router = createRouter({
  routeTree: root.addChildren([benches, run, runs, workspace, workspaceDevice, checks]),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
