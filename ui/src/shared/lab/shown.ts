import type { Bench } from '@/shared/wire'
import { legible } from '@/shared/words'

// benchAsShown: what a bench says of itself is shown everywhere, and its names
// are never sent back. Properties are copied by people and stay as they are.
export const benchAsShown = (bench: Bench): Bench => ({
  ...bench,
  name: legible(bench.name),
  reason: legible(bench.reason),
  labels: (bench.labels ?? []).map(legible),
  devices: (bench.devices ?? []).map((device) => ({
    ...device,
    serial: legible(device.serial),
    reason: legible(device.reason),
    hint: legible(device.hint),
    model: legible(device.model),
    product: legible(device.product),
  })),
})
