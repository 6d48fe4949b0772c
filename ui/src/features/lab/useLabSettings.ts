// The lab's settings, the same for everybody: read, and saved over the revision
// that was read. Who saved meanwhile is never overwritten.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { faultOf, ProblemError, putJSON, queryClient } from '@/shared/query'
import { askLab, labKey } from '@/shared/reservation'
import type { Fault, Lab } from '@/shared/wire'

const path = '/api/v1/lab'

export type Unreserved = Lab['unreserved']

export function useLabSettings() {
  const read = useQuery({
    queryKey: labKey,
    queryFn: askLab,
    staleTime: 0,
    refetchOnWindowFocus: true, // nobody tells the page of a change
  })
  const [chosen, setChosen] = useState<Unreserved>()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const [said, setSaid] = useState<'saved' | 'moved'>()
  const now = read.data?.unreserved
  const isTouched = chosen !== undefined && chosen !== now

  const save = async () => {
    if (!read.data || !isTouched || busy) return
    setBusy(true)
    setFault(undefined)
    setSaid(undefined)
    try {
      const { revision } = read.data
      queryClient.setQueryData(labKey, await putJSON<Lab>(path, { revision, unreserved: chosen }))
      setSaid('saved')
    } catch (e) {
      if (!(e instanceof ProblemError)) throw e
      const current = e.status === 409 ? (e.body as { current?: Lab }).current : undefined
      if (current) {
        queryClient.setQueryData(labKey, current)
        setSaid('moved')
      } else {
        setFault(faultOf(e))
      }
    } finally {
      setBusy(false)
    }
    setChosen(undefined)
  }
  return {
    read,
    value: chosen ?? now,
    isTouched,
    busy,
    fault,
    said: isTouched ? undefined : said,
    save,
    choose: (to: Unreserved) => {
      setChosen(to)
      setSaid(undefined)
    },
  }
}
