// What a page adds to Ctrl+K while it is there. The palette itself is drawn by
// its feature.
import { useEffect, useLayoutEffect, useRef } from 'react'
import { createStore } from 'zustand/vanilla'

export type Action = {
  id: string
  label: string
  words?: string // found by these too
  keys?: string // the same by key: shown at its right
  run: () => void
}
type Group = { group: string; actions: () => Action[] }

const groups = new Set<Group>()

export const palette = createStore<{ isOpen: boolean; text: string }>(() => ({
  isOpen: false,
  text: '',
}))

export const openPalette = (text = '') => palette.setState({ isOpen: true, text })
export const closePalette = () => palette.setState({ isOpen: false })

// pageActions gives what the pages offer now, the latest first.
export const pageActions = (): { group: string; actions: Action[] }[] =>
  [...groups].reverse().map(({ group, actions }) => ({ group, actions: actions() }))

export function useActions(group: string, actions: Action[]): void {
  const latest = useRef(actions)
  useLayoutEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const own = { group, actions: () => latest.current }
    groups.add(own)
    return () => {
      groups.delete(own)
    }
  }, [group])
}
