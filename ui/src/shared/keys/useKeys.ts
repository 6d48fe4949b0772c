import { useEffect, useLayoutEffect, useRef } from 'react'
import { KeyRegistry, type Keys } from './registry'

export const registry = new KeyRegistry()

// useKeys makes keys work while the component is there, and lists them in `?`.
export function useKeys(group: string, keys: Keys): void {
  const latest = useRef(keys)
  useLayoutEffect(() => {
    latest.current = keys
  })
  useEffect(() => registry.add({ group, keys: () => latest.current }), [group])
}

// useKeyboard listens for the whole page; the frame calls it once.
export function useKeyboard(singleKeys: boolean): void {
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing || isAsked()) return
      const target = e.target instanceof Element ? e.target : undefined
      if (isOwnKey(e, target)) return
      const key = registry.press(e, { singleKeys, isTyping: isField(target) })
      if (!key) return
      e.preventDefault()
      key.run(e)
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [singleKeys])
}

// A dialog has the keyboard to itself.
const isAsked = () => document.querySelector('dialog[open], [aria-modal="true"]') !== null

const noText = 'checkbox radio button submit reset range color file image'.split(' ')

function isField(target: Element | undefined): boolean {
  if (target instanceof HTMLInputElement) return !noText.includes(target.type)
  return (
    target?.closest('textarea, select, [contenteditable]:not([contenteditable="false"])') != null
  )
}

// Enter and Space belong to the button or link that has the focus.
function isOwnKey(e: KeyboardEvent, target: Element | undefined): boolean {
  if (e.key !== 'Enter' && e.key !== ' ') return false
  return (
    target?.closest('a[href], button, summary, input, [role="menuitem"], [role="option"]') != null
  )
}
