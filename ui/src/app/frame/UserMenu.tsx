import { Menu, useMantineColorScheme } from '@mantine/core'
import { Check, LogOut, Monitor, Moon, Sun } from 'lucide-react'
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

export function UserMenu() {
  const socket = useSocket()
  const user = useConnection((c) => c.user)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const name = user?.name || user?.id || 'you'
  const leave = async () => {
    await signOut().catch(() => undefined) // the cookie may be gone already
    socket.disconnect()
    socket.connect()
  }
  return (
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
        <Menu.Item leftSection={<LogOut {...icon} />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
