// Mantine's colour scheme is the theme of the settings.
import type { MantineColorSchemeManager } from '@mantine/core'
import { changeSettings, settings } from '@/shared/settings'

let leave: (() => void) | undefined

export const schemes: MantineColorSchemeManager = {
  get: () => settings.getState().theme,
  set: (theme) => {
    if (theme !== settings.getState().theme) changeSettings({ theme })
  },
  subscribe: (onUpdate) => {
    leave = settings.subscribe((now, before) => {
      if (now.theme !== before.theme) onUpdate(now.theme)
    })
  },
  unsubscribe: () => leave?.(),
  clear: () => undefined,
}
