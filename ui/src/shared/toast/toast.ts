// A word about something that happened elsewhere: polite, without taking the
// focus. What is visible anyway needs none.
import { createStore } from 'zustand/vanilla'

type ToastTone = 'ok' | 'warn' | 'danger'
type Toast = {
  title: string
  text?: string
  tone?: ToastTone
  about?: string // what, once it is open, shows the same
  action?: { label: string; run: () => void }
}
export type Shown = Toast & { id: number }

const most = 3

export const toasts = createStore<{ shown: Shown[] }>(() => ({ shown: [] }))
let next = 1

export function toast(what: Toast): void {
  const { shown } = toasts.getState()
  // The same again replaces itself instead of piling up.
  const others = shown.filter((t) => t.title !== what.title || t.text !== what.text)
  toasts.setState({ shown: [...others, { ...what, id: next++ }].slice(-most) })
}

export function dismiss(id: number): void {
  toasts.setState(({ shown }) => ({ shown: shown.filter((t) => t.id !== id) }))
}

// dismissAbout takes away what one looks at now anyway.
export function dismissAbout(about: string): void {
  toasts.setState(({ shown }) => ({ shown: shown.filter((t) => t.about !== about) }))
}
