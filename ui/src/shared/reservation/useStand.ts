import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { useMe } from '@/shared/people'
import { type Stand, standOf } from './stand'

// useStand is how a device stands to the person of this page.
export function useStand(bench: string, device: string): Stand {
  const doc = useLab((s) => s.reservations[bench])
  const me = useMe()?.id
  return useMemo(() => standOf(doc, device, me), [doc, device, me])
}
