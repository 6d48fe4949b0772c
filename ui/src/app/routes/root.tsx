import { createRootRoute, Link } from '@tanstack/react-router'
import { Frame } from '../Frame'
import css from '../frame.module.css'

export const root = createRootRoute({
  component: Frame,
  notFoundComponent: () => (
    <main className={css.refused}>
      <h1>There is no such page</h1>
      <Link to="/">Go to the benches</Link>
    </main>
  ),
})
