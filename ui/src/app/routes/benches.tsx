import { createRoute, useNavigate } from '@tanstack/react-router'
import { BenchesPage } from '@/features/benches/BenchesPage'
import { type BenchesSearch, parseBenches } from '@/features/benches/search'
import { root } from './root'

export const benches = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: parseBenches,
  component: function Benches() {
    const search = benches.useSearch()
    const navigate = useNavigate()
    return (
      <BenchesPage
        search={search}
        onSearch={(s: BenchesSearch) => navigate({ to: '/', search: s, replace: true })}
      />
    )
  },
})
