// j and k go from device to device, in the order in which they are seen; Enter
// is the link's own.
import type { RefObject } from 'react'
import { useKeys } from '@/shared/keys'
import { togglePin } from './Pin'

export function useRoving(page: RefObject<HTMLElement | null>): void {
  const all = () => [...(page.current?.querySelectorAll<HTMLElement>('a[data-device]') ?? [])]
  const at = () => document.activeElement?.closest<HTMLElement>('[data-bench]')
  const move = (by: 1 | -1) => {
    const devices = all()
    const here = devices.indexOf(document.activeElement as HTMLElement)
    const next = here < 0 ? 0 : Math.min(devices.length - 1, Math.max(0, here + by))
    devices[next]?.focus()
    devices[next]?.scrollIntoView({ block: 'nearest' })
  }
  useKeys('Benches', {
    j: { does: 'Next device', run: () => move(1) },
    k: { does: 'Previous device', run: () => move(-1) },
    Enter: { does: 'Open the device', run: () => all()[0]?.focus() }, // a focused link opens by itself
    p: {
      does: 'Pin the bench',
      run: () => {
        const id = at()?.dataset.bench
        if (id) togglePin(id)
      },
    },
  })
}
