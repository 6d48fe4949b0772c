// A device's properties: from the newest `getprop` that ran there, else what
// the bench tells of it by itself.
import { useQuery } from '@tanstack/react-query'
import type { Device, Run } from '@/shared/wire'
import { known, ordered, type Property, parse } from './properties'
import { outputText } from './useOutput'

export const readAll = 'getprop'
const mostBytes = 1 << 20

export type Properties = { all: Property[]; at: number | undefined } // when they were read

export function useProperties(device: Device, blocks: Run[]): Properties {
  const run = blocks.findLast(
    (r) => r.command.trim() === readAll && r.exit_code === 0 && r.lines > 1 && r.bytes <= mostBytes,
  )
  const { data } = useQuery({
    queryKey: ['properties', run?.id],
    queryFn: async () => ordered(parse(await outputText(run?.id ?? ''))),
    enabled: run !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (run && data && data.length > 0) return { all: data, at: Date.parse(run.ended_at ?? '') }
  return { all: ordered(known(device.properties ?? {})), at: undefined }
}
