// The browser's own notifications: only after the person switched them on, and
// only while nobody looks at this page.
import { settings } from '@/shared/settings'

export type Permission = 'granted' | 'denied' | 'default' | 'missing'

// Browsers have them on HTTPS and on loopback alone.
export const permission = (): Permission =>
  typeof Notification === 'undefined' || !globalThis.isSecureContext
    ? 'missing'
    : Notification.permission

export async function askPermission(): Promise<Permission> {
  if (permission() !== 'default') return permission()
  return Notification.requestPermission()
}

export function notify(title: string, text: string, chosen: () => void): void {
  if (!settings.getState().notify || permission() !== 'granted') return
  if (document.visibilityState === 'visible' && document.hasFocus()) return
  try {
    const shown = new Notification(title, {
      body: text,
      icon: '/mark.svg',
      tag: `${title} ${text}`,
    })
    shown.onclick = () => {
      globalThis.focus()
      chosen()
      shown.close()
    }
  } catch {
    // Some phones have them for service workers alone: the page still shows it.
  }
}
