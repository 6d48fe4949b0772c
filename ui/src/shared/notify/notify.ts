// The browser's own notifications: only after the person switched them on, only
// while nobody looks at the dashboard in any of its tabs, and of one event once,
// however many tabs heard of it.
import { settings } from '@/shared/settings'
import { isFirst, isLooked, isLookedAnywhere } from './tabs'

export type Permission = 'granted' | 'denied' | 'default' | 'missing'

// What is told: by the id of its event, so that it is told once.
type Told = { id: string; title: string; text: string; chosen: () => void }

// Browsers have them on HTTPS and on loopback alone.
export const permission = (): Permission =>
  typeof Notification === 'undefined' || !globalThis.isSecureContext
    ? 'missing'
    : Notification.permission

export async function askPermission(): Promise<Permission> {
  if (permission() !== 'default') return permission()
  return Notification.requestPermission()
}

export async function notify(told: Told): Promise<void> {
  if (!settings.getState().notify || permission() !== 'granted' || isLooked()) return
  if (!(await isLookedAnywhere()) && (await isFirst(told.id))) show(told)
}

function show({ id, title, text, chosen }: Told): void {
  try {
    const shown = new Notification(title, { body: text, icon: '/mark.svg', tag: id })
    shown.onclick = () => {
      globalThis.focus()
      chosen()
      shown.close()
    }
  } catch {
    // Some phones have them for service workers alone: the page still shows it.
  }
}
