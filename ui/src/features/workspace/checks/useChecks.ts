// The lab's checks and saved commands, as the relay keeps them.
import { useQuery } from '@tanstack/react-query'
import { getJSON, putJSON } from '@/shared/query'
import type { Check, Checks } from '@/shared/wire'

export const checksKey = ['checks']

export function useChecks() {
  return useQuery({
    queryKey: checksKey,
    queryFn: async ({ signal }) => whole(await getJSON<Checks>('/api/v1/checks', signal)),
  })
}

export const saveChecks = async (document: Checks) =>
  whole(await putJSON<Checks>('/api/v1/checks', document))

// whole: Go writes an empty list as null.
export const whole = (d: Checks): Checks => ({
  revision: d.revision,
  checks: d.checks ?? [],
  commands: d.commands ?? [],
})

// appliesTo: a check may name models, with * and ?.
export function appliesTo(check: Pick<Check, 'models'>, model: string): boolean {
  const globs = check.models ?? []
  return globs.length === 0 || globs.some((glob) => matches(glob, model))
}

function matches(glob: string, model: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 'is').test(model)
}
