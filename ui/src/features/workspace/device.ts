// What the page says of a device, and which of a bench's is meant.
import { goesOn, isPassing, isReady } from '@/shared/lab'
import type { BenchMood } from '@/shared/parts'
import type { Bench, Device, Run } from '@/shared/wire'

export function deviceMood(bench: Bench, device: Device, runs: Run[]): BenchMood {
  if (bench.state === 'offline') return 'offline'
  if (isPassing(device)) return 'running'
  if (!isReady(device)) return 'attention'
  const isOn = runs.some((r) => r.bench === bench.id && r.device === device.id && goesOn(r))
  return isOn ? 'running' : 'online'
}

// chosenOf: the one in the address, else the first that can be worked with.
export function chosenOf(bench: Bench, id: string | undefined): Device | undefined {
  const all = bench.devices ?? []
  if (id !== undefined) return all.find((d) => d.id === id)
  return all.find(isReady) ?? all[0]
}
