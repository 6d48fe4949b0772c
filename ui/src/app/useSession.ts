// What begins with a connection, and what follows the settings.
import { useEffect } from 'react'
import { queryClient } from '@/shared/query'
import { local, syncSettings, useSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'

export function useSession(): void {
  const user = useConnection((c) => c.user?.id)
  const times = useConnection((c) => c.times)
  const density = useSettings((s) => s.density)

  useEffect(() => local.follow(), [])
  useEffect(() => {
    document.documentElement.dataset.density = density
  }, [density])
  // With every connection: what was changed meanwhile here and elsewhere.
  useEffect(() => {
    if (times === 0 || user === undefined) return
    if (times > 1) queryClient.invalidateQueries()
    return syncSettings(user)
  }, [times, user])
}
