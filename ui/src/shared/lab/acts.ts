// What one can have a device do that is no command of its shell, and when.
import type { Act, Device } from '@/shared/wire'

export type OfferedAct = {
  id: string
  label: string
  act: Act
  words: string // as adb has it
  found?: string // by these words, too
}

const reboot = (label: string, mode?: Act['mode']): OfferedAct => ({
  id: `reboot-${mode ?? 'android'}`,
  label,
  act: { kind: 'reboot', wait: true, ...(mode ? { mode } : {}) },
  words: mode ? `adb reboot ${mode}` : 'adb reboot',
  found: 'restart boot',
})

const reboots = [
  reboot('Reboot…'),
  reboot('Reboot to recovery…', 'recovery'),
  reboot('Reboot to bootloader…', 'bootloader'),
  reboot('Reboot to sideload…', 'sideload'),
]

const wait: OfferedAct = {
  id: 'wait',
  label: 'Wait until booted',
  act: { kind: 'wait' },
  words: 'adb wait-for-boot',
}

const recent = '500' // lines that are there already

const logcat: OfferedAct = {
  id: 'logcat',
  label: 'Follow the log',
  act: { kind: 'logcat', since: recent },
  words: `adb logcat -T ${recent}`,
  found: 'logcat',
}

const root: OfferedAct = {
  id: 'root',
  label: 'Restart adbd as root…',
  act: { kind: 'root' },
  words: 'adb root',
}
const unroot: OfferedAct = {
  id: 'unroot',
  label: 'Restart adbd without root…',
  act: { kind: 'unroot' },
  words: 'adb unroot',
}
const remount: OfferedAct = {
  id: 'remount',
  label: 'Make partitions writable',
  act: { kind: 'remount' },
  words: 'adb remount',
  found: 'remount system',
}

// actsOf is what the device can do in its present state, in groups: an agent
// refuses the rest.
export function actsOf({ state }: Device): OfferedAct[][] {
  if (state === 'device') return [[...reboots, wait], [logcat], [root, unroot, remount]]
  if (state === 'recovery')
    return [
      [...reboots, wait],
      [root, unroot],
    ]
  if (state === 'sideload') return [[...reboots, wait]]
  return [[wait]]
}
