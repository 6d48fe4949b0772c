// A page whose code comes with its address, or earlier: as soon as somebody
// points at a link to it. The router's own lazyRouteComponent reloads the window
// where the code does not come; with the relay away that would leave the
// browser's error page where data and unsent input stood.
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'

type Preloads = { preload: () => Promise<void> }
type LazyPage<P> = ((props: P) => ReactNode) & Preloads

export function lazyPage<P extends object>(code: () => Promise<ComponentType<P>>): LazyPage<P> {
  const Page = lazy(async () => ({ default: await code() }))
  const page = (props: P) => (
    <Suspense>
      <Page {...props} />
    </Suspense>
  )
  // What cannot be fetched is told where the page would stand.
  const preload = () =>
    code().then(
      () => undefined,
      () => undefined,
    )
  return Object.assign(page, { preload })
}

// withCode is a route's component that has the router fetch the page's code.
export const withCode = ({ preload }: Preloads, component: () => ReactNode) =>
  Object.assign(component, { preload })
