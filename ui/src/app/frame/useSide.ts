// The sidebar is open on lists and folded beside a log; each kind of page
// remembers what it was switched to, in this browser.
import { useState } from 'react'
import { storage } from '@/shared/storage'

export type Kind = 'list' | 'work'

export const kindOf = (pathname: string): Kind => (/^\/(r|b)\//.test(pathname) ? 'work' : 'list')

const usual: Record<Kind, boolean> = { list: true, work: false }
const parse = (v: unknown) => (typeof v === 'boolean' ? v : undefined)

export function useSide(kind: Kind) {
  const [open, setOpen] = useState<Partial<Record<Kind, boolean>>>({})
  const isOpen = open[kind] ?? storage.read(`side.${kind}`, parse, usual[kind])
  const toggle = () => {
    storage.write(`side.${kind}`, !isOpen)
    setOpen({ ...open, [kind]: !isOpen })
  }
  return { isOpen, toggle }
}
