// What is pressed may go away with what it did. The focus then goes to what
// stands in its place, not to the beginning of the page.
import { useCallback, useEffect, useRef } from 'react'

const firstOf = 'button:not(:disabled)'

// useKeptFocus gives what the element around the buttons takes. While `isBusy`
// they are off and nothing moves.
export function useKeptFocus<T extends HTMLElement>(isBusy = false) {
  const ref = useRef<T>(null)
  const last = useRef<HTMLElement>(undefined) // had the focus, within; menus over it count
  const isWithin = useRef(false)
  const onFocus = useCallback((e: { target: EventTarget }) => {
    last.current = e.target as HTMLElement
    isWithin.current = true
  }, [])
  useEffect(() => {
    const focused = () => {
      if (!isWithin.current) last.current = undefined
      isWithin.current = false
    }
    const pressed = (e: Event) => {
      if (!ref.current?.contains(e.target as Node)) last.current = undefined
    }
    document.addEventListener('focusin', focused)
    document.addEventListener('pointerdown', pressed)
    return () => {
      document.removeEventListener('focusin', focused)
      document.removeEventListener('pointerdown', pressed)
      if (last.current && isNowhere()) document.getElementById('content')?.focus()
    }
  }, [])
  useEffect(() => {
    if (!last.current || isBusy || !isNowhere()) return
    const isThere = last.current.isConnected && !last.current.matches(':disabled')
    const next = isThere ? last.current : ref.current?.querySelector<HTMLElement>(firstOf)
    next?.focus({ preventScroll: true })
  })
  return { ref, onFocus }
}

const isNowhere = () => document.activeElement === null || document.activeElement === document.body
