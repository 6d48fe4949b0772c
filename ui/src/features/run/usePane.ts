// How the log stands, for what is drawn around it.
import { useSyncExternalStore } from 'react'
import type { LogHandle } from '@/shared/log'

const nothing = () => () => undefined

export function useFollowing(handle: LogHandle | undefined): boolean {
  const state = handle?.pane.state
  return useSyncExternalStore(
    state?.subscribe ?? nothing,
    () => state?.getState().following ?? true,
  )
}

// The last line seen, once it is no longer the newest one.
export function useLastLine(handle: LogHandle | undefined): number {
  const state = handle?.pane.state
  return useSyncExternalStore(state?.subscribe ?? nothing, () =>
    state && !state.getState().following ? state.getState().lastLine : 0,
  )
}
