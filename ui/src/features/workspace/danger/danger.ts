// Commands that look destructive are asked about before they are sent. This is
// a help against slips, no lock: who means harm finds a way around it. So it
// reads what would run, and neither words inside a string nor names that
// merely resemble one.
import { type Call, calls } from './shell'

export type Danger = {
  does: string // what the button says
  text: string // what happens
  leaves?: boolean // the device leaves the bench, so what runs there is lost
}

const deepest = 6

// dangerOf is the first destructive-looking thing that the script would do.
export function dangerOf(script: string, depth = 0): Danger | undefined {
  if (depth > deepest) return undefined
  for (const call of calls(script)) {
    const danger = ofCall(call, depth)
    if (danger) return danger
  }
  return undefined
}

function ofCall(call: Call, depth: number): Danger | undefined {
  const raw = call.into.find(isRawDevice)
  if (raw) return overwrites(raw)
  return ofWords(call.argv, call.fed, depth)
}

function ofWords(words: string[], fed: string, depth: number): Danger | undefined {
  const [path = '', ...args] = unwrapped(words)
  const name = path.split('/').at(-1) ?? ''
  if (shells.has(name)) return ofShell(args, fed, depth)
  if (name === 'eval') return dangerOf(args.join(' '), depth + 1)
  if (name === 'su' || name === 'sudo') return ofSu(args, fed, depth)
  if (name === 'xargs') return ofWords([...afterOptions(args, 'InLPsE'), '$()'], '', depth + 1)
  if (name === 'adb') return ofAdb(args, fed, depth)
  if (name === 'find') return ofFind(args, depth)
  return judge(name)?.(args)
}

const shells = new Set(['sh', 'bash', 'mksh', 'ash', 'zsh', 'dash'])

// Words that stand before a program and leave it as it is.
const before = new Set(
  'if then else elif do while until ! { } time exec command builtin nohup env busybox toybox setsid'.split(
    ' ',
  ),
)

function unwrapped(words: string[]): string[] {
  let rest = words
  for (let turns = 0; turns < 32 && rest.length > 0; turns++) {
    const word = rest[0]!
    if (/^[A-Za-z_]\w*=/.test(word)) rest = rest.slice(1)
    else if (before.has(word)) rest = withoutOptions(rest.slice(1))
    else if (word === 'nice' || word === 'ionice' || word === 'stdbuf')
      rest = afterOptions(rest.slice(1), 'ncpioe')
    else if (word === 'timeout') rest = afterOptions(rest.slice(1), 'ks').slice(1)
    else if (word === 'for' || word === 'case' || word === 'select') return []
    else return rest
  }
  return rest
}

const withoutOptions = (words: string[]) => {
  const at = words.findIndex((w) => !w.startsWith('-'))
  return at < 0 ? [] : words.slice(at)
}

// afterOptions passes over options, and the values of those that take one.
function afterOptions(words: string[], valued: string): string[] {
  let i = 0
  while (i < words.length && words[i]!.startsWith('-')) {
    const isValued = words[i]!.length === 2 && valued.includes(words[i]![1]!)
    i += isValued ? 2 : 1
  }
  return words.slice(i)
}

function ofShell(args: string[], fed: string, depth: number): Danger | undefined {
  const at = args.findIndex((a) => /^-[a-z]*c$/.test(a))
  if (at >= 0) return dangerOf(args[at + 1] ?? '', depth + 1)
  return args.every((a) => a.startsWith('-')) ? dangerOf(fed, depth + 1) : undefined
}

// su -c '…', su root …, su 0 sh -c '…', sudo …
function ofSu(args: string[], fed: string, depth: number): Danger | undefined {
  const at = args.indexOf('-c')
  if (at >= 0) return dangerOf(args.slice(at + 1).join(' '), depth + 1)
  const rest = afterOptions(args, 'ugs')
  const isUser = /^(root|shell|system|\d+(,\d+)*)$/.test(rest[0] ?? '')
  const command = isUser ? rest.slice(1) : rest
  return command.length > 0 ? ofWords(command, '', depth + 1) : dangerOf(fed, depth + 1)
}

// Who is used to a terminal types `adb shell …` here too.
function ofAdb(args: string[], fed: string, depth: number): Danger | undefined {
  const [verb = '', ...rest] = afterOptions(args, 'stHPL')
  if (verb === 'shell' || verb === 'exec-out') return dangerOf(rest.join(' ') || fed, depth + 1)
  if (verb === 'uninstall') return programs.pm!(['uninstall', ...rest])
  if (verb === 'root' || verb === 'unroot') return restartsAdbd
  if (verb === 'reboot') return rebootTo(rest[0] ?? '')
  return judge(verb)?.(rest)
}

function ofFind(args: string[], depth: number): Danger | undefined {
  const roots = args.slice(
    0,
    firstOr(args, (a) => a.startsWith('-') || a === '('),
  )
  if (args.includes('-delete')) return removal(roots, true)
  const at = args.findIndex((a) => /^-(exec|execdir|ok)$/.test(a))
  if (at < 0) return undefined
  const command = args.slice(at + 1).filter((a) => a !== ';' && a !== '+')
  return ofWords(
    command.flatMap((a) => (a === '{}' ? roots : [a])),
    '',
    depth + 1,
  )
}

const firstOr = (words: string[], is: (word: string) => boolean) => {
  const at = words.findIndex(is)
  return at < 0 ? words.length : at
}

type Judge = (args: string[]) => Danger | undefined

// A program may be called `constructor`: only our own names count.
const judge = (name: string) => (Object.hasOwn(programs, name) ? programs[name] : undefined)

const reboot: Danger = {
  leaves: true,
  does: 'Reboot device',
  text: 'The device leaves the bench until it has booted.',
}
const remounts: Danger = {
  does: 'Remount it',
  text: 'What the device starts from can be written to.',
}
const restartsAdbd: Danger = {
  leaves: true,
  does: 'Restart adbd',
  text: 'The device leaves the bench for a moment.',
}
function rebootTo(mode: string): Danger {
  if (mode === 'bootloader' || mode === 'fastboot')
    return { ...reboot, text: 'The device leaves the bench: adb does not reach it there.' }
  if (mode === 'recovery' || mode.startsWith('sideload'))
    return { ...reboot, text: `The device leaves the bench, and comes back in ${mode}.` }
  return reboot
}
const off: Danger = {
  leaves: true,
  does: 'Switch device off',
  text: 'The device leaves the bench until somebody switches it on.',
}
const wipe: Danger = {
  leaves: true,
  does: 'Wipe device',
  text: 'Everything on the device is erased.',
}
const formats: Danger = {
  does: 'Format it',
  text: 'Everything on that partition is erased.',
}
const cuts: Danger = {
  leaves: true,
  does: 'Cut the connection',
  text: 'The bench may no longer reach the device, until somebody goes there.',
}
const flashes: Danger = {
  does: 'Change the boot',
  text: 'The device may not start again.',
}
const power = (to: string) => (to === 'reboot' ? reboot : to === 'shutdown' ? off : undefined)
const always = (danger: Danger) => () => danger
const overwrites = (path: string): Danger => ({
  does: 'Overwrite it',
  text: `${path} is overwritten.`,
})

const programs: Record<string, Judge> = {
  reboot: always(reboot),
  shutdown: always(off),
  poweroff: always(off),
  halt: always(off),
  rm: (a) =>
    removal(
      a.filter((w) => !w.startsWith('-')),
      a.some((w) => /^-[a-zA-Z]*[rR]/.test(w) || w === '--recursive'),
    ),
  dd: (a) => {
    const to = a.find((w) => w.startsWith('of='))?.slice(3) ?? ''
    return isRawDevice(to) ? overwrites(to) : undefined
  },
  tee: (a) => {
    const to = a.find(isRawDevice)
    return to ? overwrites(to) : undefined
  },
  pm: packages,
  cmd: ([service = '', ...rest]) => {
    if (service === 'package') return packages(rest)
    if (service === 'power') return power(rest[0] ?? '')
    if (service === 'testharness' && rest[0] === 'enable') return wipe
    if (service === 'car_service') return car(rest)
    if (service === 'connectivity' && rest[0] === 'airplane-mode' && rest[1] === 'enable')
      return cuts
    return undefined
  },
  am: (a) => (a.some((w) => /MASTER_CLEAR|FACTORY_RESET/.test(w)) ? wipe : undefined),
  dpm: (a) => (a[0] === 'wipe-data' ? wipe : undefined),
  recovery: (a) => (a.some((w) => /wipe/.test(w)) ? wipe : undefined),
  bmgr: (a) =>
    a[0] === 'wipe' ? { does: 'Wipe backups', text: 'Its backups are erased.' } : undefined,
  vdc: (a) => (a.some((w) => /wipe|format/.test(w)) ? wipe : undefined),
  sm: (a) => (a[0] === 'partition' || a[0] === 'format' ? formats : undefined),
  content: (a) =>
    a[0] === 'delete'
      ? { does: 'Delete the rows', text: 'Rows of a content provider are deleted.' }
      : undefined,
  svc: ([what = '', to = '']) => {
    if (what === 'power') return power(to)
    const isLink = what === 'wifi' || what === 'ethernet' || what === 'data' || what === 'usb'
    return isLink && (to === 'disable' || to === 'setFunctions') ? cuts : undefined
  },
  remount: () => remounts,
  mount: (a) => (a.some((w) => /(^|,|^-o|=)remount(,|$)/.test(w)) ? remounts : undefined),
  ifconfig: (a) => (a.at(-1) === 'down' ? cuts : undefined),
  ip: (a) => (afterOptions(a, 'f')[0] === 'link' && a.includes('down') ? cuts : undefined),
  stop: (a) =>
    a.length === 0
      ? { does: 'Stop Android', text: 'The screens go dark until `start` is given.' }
      : vital(a),
  setprop: ([name = '', value = '']) => {
    if (name === 'sys.powerctl') return value.startsWith('shutdown') ? off : reboot
    if (name === 'ctl.stop' || name === 'ctl.restart') return vital([value])
    return /^(persist\.)?(sys\.usb\.config|service\.adb\.|adb\.)/.test(name) ? cuts : undefined
  },
  settings: (a) =>
    a[0] === 'put' && a.includes('adb_enabled') && a.at(-1) === '0' ? cuts : undefined,
  kill: (a) => (a.some((w, i) => w === '1' && i > 0) || a.at(-1) === '-1' ? reboot : undefined),
  killall: vital,
  pkill: vital,
  chmod: treeChange,
  chown: treeChange,
  bootctl: (a) => (a[0]?.startsWith('set-') ? flashes : undefined),
  'disable-verity': always(flashes),
  'enable-verity': always(flashes),
  avbctl: (a) => (/^(disable|enable)-/.test(a[0] ?? '') ? flashes : undefined),
  flash_image: always(flashes),
  fastboot: always(flashes),
  update_engine_client: (a) =>
    a.some((w) => /^--(update|payload|reset_status|switch_slot)/.test(w)) ? flashes : undefined,
}
for (const name of 'mke2fs make_f2fs newfs_msdos blkdiscard wipefs sgdisk fdisk parted'.split(
  ' ',
)) {
  programs[name] = always(formats)
}
for (const kind of ['', '.ext4', '.f2fs', '.vfat', '.exfat', '.erofs'])
  programs[`mkfs${kind}`] = always(formats)

function packages(args: string[]): Danger | undefined {
  const target = args.filter((a) => !a.startsWith('-')).at(-1) ?? ''
  switch (args[0]) {
    case 'install':
    case 'install-existing':
    case 'install-commit':
      return {
        does: 'Install it',
        text: 'The app is installed, or replaced where the device has it.',
      }
    case 'clear':
      return { does: 'Clear its data', text: `All data of ${target} on the device is erased.` }
    case 'uninstall':
      return { does: 'Uninstall', text: `${target} and its data leave the device.` }
    case 'disable':
    case 'disable-user':
    case 'hide':
      return { does: 'Disable it', text: `${target} no longer starts, also after a reboot.` }
    case 'remove-user':
      return { does: 'Remove user', text: `User ${target} and all its data are erased.` }
  }
  return undefined
}

function car([verb = '', ...rest]: string[]): Danger | undefined {
  if (verb === 'power-off') return rest.includes('--reboot') ? reboot : off
  if (verb !== 'suspend' && verb !== 'hibernate') return undefined
  return { does: 'Send it to sleep', text: 'The device sleeps and may leave the bench.' }
}

function vital(args: string[]): Danger | undefined {
  const isVital = args.some((a) => /^(init|zygote(64)?|system_server|surfaceflinger)$/.test(a))
  if (args.includes('adbd')) return cuts
  return isVital ? { does: 'Restart Android', text: 'Android restarts on the device.' } : undefined
}

function treeChange(args: string[]): Danger | undefined {
  const paths = args.filter((a) => !a.startsWith('-')).slice(1)
  if (!args.some((a) => /^-[a-zA-Z]*R/.test(a)) || paths.every(isScratch)) return undefined
  return { does: 'Change them all', text: `Everything under ${paths.join(', ')} changes.` }
}

// removal asks for whole trees, and for single files of the system.
function removal(paths: string[], isTree: boolean): Danger | undefined {
  const risky = paths.filter((p) => !isScratch(p) && (isTree || p.startsWith('/')))
  if (risky.length === 0) return undefined
  const what = risky.map((p) => (p === '$()' ? 'what was found' : p)).join(', ')
  return { does: 'Remove', text: `${what} is removed from the device, for good.` }
}

// Where testers keep what they brought along: no question there.
function isScratch(path: string): boolean {
  if (path.split('/').includes('..')) return false
  const clean = path.replaceAll(/\/+/g, '/')
  if (/^\/data\/local\/tmp\/./.test(clean)) return true
  return /^\/(sdcard|storage\/emulated\/\d+)\/[^*?[$]/.test(clean)
}

function isRawDevice(path: string): boolean {
  return (
    /^\/dev\/(block|mtd|mmcblk|sd[a-z]|nvme|ubi|mem)/.test(path) || path === '/proc/sysrq-trigger'
  )
}
