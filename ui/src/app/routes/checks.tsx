import { createRoute, useNavigate } from '@tanstack/react-router'
import { lazyPage, withCode } from './lazyPage'
import { root } from './root'

const ChecksPage = lazyPage(() =>
  import('@/features/workspace/checks/ChecksPage').then((m) => m.ChecksPage),
)

export const checks = createRoute({
  getParentRoute: () => root,
  path: '/checks',
  // `new` is a command that shall be saved; `edit` an entry that is open.
  validateSearch: (s: Record<string, unknown>): { new?: string; edit?: string } => ({
    ...(typeof s.new === 'string' && s.new ? { new: s.new.slice(0, 4096) } : {}),
    ...(typeof s.edit === 'string' && /^(checks|commands)\.[a-z0-9-]{1,32}$/.test(s.edit)
      ? { edit: s.edit }
      : {}),
  }),
  component: withCode(ChecksPage, function Checks() {
    const search = checks.useSearch()
    const navigate = useNavigate()
    return (
      <ChecksPage
        command={search.new}
        edit={search.edit}
        onEdit={(edit) => navigate({ to: '/checks', search: edit ? { edit } : {}, replace: true })}
      />
    )
  }),
})
