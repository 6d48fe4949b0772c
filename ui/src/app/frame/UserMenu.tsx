import { Menu, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  Activity,
  Check,
  LogOut,
  Monitor,
  Moon,
  Pencil,
  Settings,
  SlidersHorizontal,
  Smartphone,
  Sun,
} from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { signOut } from '@/shared/http/api'
import { Hidden } from '@/shared/parts'
import { useConnection, useSocket } from '@/shared/socket'
import css from './frame.module.css'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
const schemes = [
  { value: 'auto', label: 'As the system', icon: <Monitor {...icon} /> },
  { value: 'light', label: 'Light', icon: <Sun {...icon} /> },
  { value: 'dark', label: 'Dark', icon: <Moon {...icon} /> },
] as const

// Beside the navigation, which has no room for them on a phone.
const places = [
  { to: '/jobs', label: 'Jobs', icon: <Activity {...icon} /> },
  { to: '/lab', label: 'Lab settings', icon: <SlidersHorizontal {...icon} /> },
  { to: '/settings', label: 'Your settings', icon: <Settings {...icon} /> },
] as const

const ChangeName = lazy(() =>
  import('@/features/signin/ChangeName').then((m) => ({ default: m.ChangeName })),
)
const OtherDevice = lazy(() =>
  import('@/features/signin/OtherDevice').then((m) => ({ default: m.OtherDevice })),
)

export function UserMenu() {
  const socket = useSocket()
  const user = useConnection((c) => c.user)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const name = user?.name || user?.id || 'you'
  const [over, setOver] = useState<'name' | 'device'>()
  const close = () => setOver(undefined)
  const again = () => {
    socket.disconnect()
    socket.connect()
  }
  const leave = async () => {
    await signOut().catch(() => undefined) // the cookie may be gone already
    again()
  }
  return (
    <>
      <Menu position="right-end" width={200}>
        <Menu.Target>
          <button type="button" className={css.user}>
            <i aria-hidden>{name.slice(0, 2).toLowerCase()}</i>
            <span>
              {name}
              <Hidden>, settings</Hidden>
            </span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Appearance</Menu.Label>
          {schemes.map((s) => (
            <Menu.RadioItem
              key={s.value}
              value={s.value}
              checked={colorScheme === s.value}
              checkIcon={<Check {...icon} />}
              rightSection={s.icon}
              closeMenuOnClick
              onChange={() => setColorScheme(s.value)}
            >
              {s.label}
            </Menu.RadioItem>
          ))}
          <Menu.Divider />
          {places.map(({ to, label, icon }) => (
            <Menu.Item key={to} component={Link} to={to} leftSection={icon}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Pencil {...icon} />} onClick={() => setOver('name')}>
            Change your name…
          </Menu.Item>
          <Menu.Item leftSection={<Smartphone {...icon} />} onClick={() => setOver('device')}>
            Use another device…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<LogOut {...icon} />} onClick={leave}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {over === 'name' ? <ChangeName name={name} onChanged={again} onClose={close} /> : null}
        {over === 'device' ? <OtherDevice name={name} onClose={close} /> : null}
      </Suspense>
    </>
  )
}
