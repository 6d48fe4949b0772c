// Which benches this browser has worked on, by their devices: so that the old
// address of a bench that was renamed can say where its devices are now.
import { storage } from '@/shared/storage'
import type { Bench } from '@/shared/wire'

type Seen = { id: string; serials: string[] }
const key = 'benches.seen'
const most = 100

const parse = (v: unknown): Seen[] =>
  Array.isArray(v)
    ? v.filter((s) => typeof s?.id === 'string' && Array.isArray(s?.serials)).slice(0, most)
    : []

export function remember(bench: Bench): void {
  const serials = (bench.devices ?? []).map((d) => d.serial)
  if (serials.length === 0) return
  const all = storage.read(key, parse, [])
  const before = all.find((s) => s.id === bench.id)
  if (before && JSON.stringify(before.serials) === JSON.stringify(serials)) return
  storage.write(key, [
    { id: bench.id, serials },
    ...all.filter((s) => s.id !== bench.id).slice(0, most - 1),
  ])
}

// movedTo is the bench that has the devices which this browser once saw there.
export function movedTo(id: string, benches: Bench[]): Bench | undefined {
  const seen = storage.read(key, parse, []).find((s) => s.id === id)
  if (!seen) return undefined
  return benches.find((b) => (b.devices ?? []).some((d) => seen.serials.includes(d.serial)))
}
