// One click reserves the device for an hour; the menu has the other times and
// the whole bench.
import { Button, Menu } from '@mantine/core'
import { ChevronDown } from 'lucide-react'
import { anHour, span } from '@/shared/reservation'
import css from './reservation.module.css'
import type { useReservationActions } from './useReservationActions'

type Props = { does: ReturnType<typeof useReservationActions>; busy: boolean }

const times = [900, 1800, 2 * anHour, 4 * anHour, 8 * anHour]
const benchTimes = [anHour, 4 * anHour]

export function ReserveMenu({ does, busy }: Props) {
  return (
    <div className={css.split}>
      <Button disabled={busy} onClick={() => does.reserve()}>
        Reserve for 1 h
      </Button>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button aria-label="Reserve for another time" disabled={busy} className={css.chevron}>
            <ChevronDown size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>This device</Menu.Label>
          {times.map((for_s) => (
            <Menu.Item key={for_s} onClick={() => does.reserve(for_s)}>
              Reserve for {span(for_s)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>The whole bench</Menu.Label>
          {benchTimes.map((for_s) => (
            <Menu.Item key={for_s} onClick={() => does.reserve(for_s, true)}>
              Reserve for {span(for_s)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
