// What lies over a page when asked for: the palette and the list of keys. Their
// code is fetched while the page rests, so that they open without the relay too.
import { useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useStore } from 'zustand'
import { closePalette, palette } from '@/shared/palette'
import { closeHelp, help, openHelp } from './help'

const loadPalette = () => import('@/features/palette/Palette')
const loadHelp = () => import('@/features/help/Help')
const Palette = lazy(() => loadPalette().then((m) => ({ default: m.Palette })))
const Help = lazy(() => loadHelp().then((m) => ({ default: m.Help })))

const restsAfter = 1500

export function Overlays() {
  const { history } = useRouter()
  const isFinding = useStore(palette, (s) => s.isOpen)
  const isHelping = useStore(help, (s) => s.isOpen)
  useEffect(() => {
    const timer = setTimeout(() => {
      Promise.all([loadPalette(), loadHelp()]).catch(() => undefined) // asked again when opened
    }, restsAfter)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Suspense>
      {isFinding ? (
        <Palette onGo={(to) => history.push(to)} onHelp={openHelp} onClose={closePalette} />
      ) : null}
      {isHelping ? <Help onClose={closeHelp} /> : null}
    </Suspense>
  )
}
