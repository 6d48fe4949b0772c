// What stands in a page's place: while its code is on the way, where there is
// none, and where it failed. Navigation and connection stay around it.
import { Button } from '@mantine/core'
import { type ErrorComponentProps, Link, useLocation, useRouter } from '@tanstack/react-router'
import { CopyButton, FaultNote, Hidden, Skeleton, useTitle } from '@/shared/parts'
import css from './fallbacks.module.css'

export function Loading() {
  return (
    <main className={css.alone} aria-busy="true">
      <Hidden as="h1">Loading</Hidden>
      <Skeleton width={180} />
      <Skeleton width="60%" />
      <Skeleton width="40%" />
    </main>
  )
}

export function NoSuchPage() {
  const { pathname } = useLocation()
  useTitle('No such page')
  return (
    <main className={css.alone}>
      <h1>There is no such page</h1>
      <p>
        <code>{pathname}</code> is no address of this dashboard. A link that was cut in a message is
        the usual cause.
      </p>
      <p>
        <Link to="/">Go to the benches</Link>
      </p>
    </main>
  )
}

export function PageFailed({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const router = useRouter()
  useTitle('This page failed')
  const isCode = isMissingCode(error)
  const again = () => {
    reset()
    router.invalidate()
  }
  return (
    <main className={css.alone}>
      <Hidden as="h1">This page failed</Hidden>
      <FaultNote
        fault={{
          code: 'page_failed',
          message: isCode ? 'This page could not be loaded' : 'This page stopped on a mistake',
          hint: isCode
            ? 'The relay is away, or newer than this page. Reload when it is back: what you typed is kept.'
            : 'Runs go on, and what you typed is kept. Copy the details into a report, then reload.',
        }}
      >
        <Button onClick={() => location.reload()}>Reload</Button>
        <Button variant="subtle" color="gray" onClick={again}>
          Try again
        </Button>
        <CopyButton text={detailsOf(error)} variant="subtle" color="gray">
          Copy details
        </CopyButton>
      </FaultNote>
      <pre className={css.details}>{error.message}</pre>
    </main>
  )
}

const isMissingCode = (error: Error) =>
  /dynamically imported module|Importing a module script|error loading dynamically/i.test(
    error.message,
  )

// No address beyond its path: a search may hold what was looked for.
const detailsOf = (error: Error) =>
  [
    `Farbench dashboard, ${location.pathname}`,
    new Date().toISOString(),
    navigator.userAgent,
    error.stack ?? String(error),
  ].join('\n')
