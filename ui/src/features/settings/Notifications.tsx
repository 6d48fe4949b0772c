// The browser's own notifications: switched on here, and allowed by the browser.
import { Switch } from '@mantine/core'
import { useState } from 'react'
import { askPermission, permission } from '@/shared/notify'
import { changeSettings, useSettings } from '@/shared/settings'
import css from './settings.module.css'

const hints = {
  granted: 'While nobody looks at the dashboard: messages to you, and notices',
  default: 'While nobody looks at the dashboard. The browser asks you once.',
  denied: 'This browser was told not to show them: allow them for this address, then reload.',
  missing: 'This browser shows them over HTTPS only.',
}

export function Notifications() {
  const isOn = useSettings((s) => s.notify)
  const [allowed, setAllowed] = useState(permission)
  const change = async (on: boolean) => {
    if (!on) return changeSettings({ notify: false })
    const answer = await askPermission()
    setAllowed(answer)
    if (answer === 'granted') changeSettings({ notify: true })
  }
  return (
    <div className={css.row}>
      <p>
        Browser notifications
        <small>{hints[allowed]}</small>
      </p>
      <Switch
        aria-label="Browser notifications"
        checked={isOn && allowed === 'granted'}
        disabled={allowed === 'missing' || allowed === 'denied'}
        onChange={(e) => change(e.currentTarget.checked)}
      />
    </div>
  )
}
