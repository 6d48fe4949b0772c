// What the command line offers, and which of it is chosen. The best stands
// nearest to the field, so that ↑ goes back in time as in a shell.
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { getJSON } from '@/shared/query'
import type { History, PastCommand, SavedCommand } from '@/shared/wire'
import { useChecks } from './checks/useChecks'
import { ghost, type Suggestion, suggestions } from './suggest'

const most = 500

export type OffersState = ReturnType<typeof useOffers>

export function useOffers(text: string) {
  const past = useQuery({
    queryKey: ['history'],
    queryFn: async ({ signal }) =>
      (await getJSON<History>(`/api/v1/history?limit=${most}`, signal)).commands ?? none,
  })
  const checks = useChecks()
  const [isOpen, setOpen] = useState(false)
  const [index, setIndex] = useState(-1) // from the field upwards
  const found = useMemo(() => {
    if (past.isPending) return [] // or an arrow would choose what is not the nearest a moment later
    const saved: SavedCommand[] = [
      ...(checks.data?.commands ?? []),
      ...(checks.data?.checks ?? []).map(({ id, label, command }) => ({ id, label, command })),
    ]
    return nearestFirst(suggestions(text, past.data ?? none, saved))
  }, [text, past.isPending, past.data, checks.data])

  // An arrow that is pressed before anything has come means the first that comes.
  const choose = (at: number) => setIndex(Math.max(-1, Math.min(at, Math.max(0, found.length - 1))))
  return {
    found,
    isOpen: isOpen && (found.length > 0 || text.trim() === ''),
    index,
    chosen: isOpen ? found[index] : undefined,
    ghost: ghost(text, found[0]),
    isLoading: past.isPending,
    move: (by: number) => {
      setOpen(true)
      choose(isOpen ? index + by : by > 0 ? 0 : -1)
    },
    typed: (now: string) => {
      setIndex(-1)
      setOpen(now.trim() !== '')
    },
    toggle: () => {
      setIndex(-1)
      setOpen(!isOpen)
    },
    close: () => {
      setIndex(-1)
      setOpen(false)
    },
  }
}

const none: PastCommand[] = []

// One's own commands before what the lab saved: ↑ and Enter repeats the last.
const nearestFirst = (all: Suggestion[]) => [
  ...all.filter((s) => s.lastAt !== undefined),
  ...all.filter((s) => s.lastAt === undefined),
]
