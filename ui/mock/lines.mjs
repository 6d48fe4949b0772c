// The usual lines of a head unit, each number always the same one.
const logcat = [
  ['i', '1423  1611 I CarPowerManagementService: onVhalPropertyChange: AP_POWER_STATE_REQ=ON'],
  ['d', '1423  1611 D CarPowerManagementService: handleOn(): silentMode=false'],
  ['i', '1880  1880 I NordLauncher: Home task resumed in 84 ms (display 0)'],
  ['d', '4187  4187 D MediaBrowserConnector: connecting to com.nordcar.media/.RadioService'],
  ['w', '1423  1702 W CarOccupantZone: No display for occupant zone 2, driver side LEFT'],
  [
    'e',
    '4187  4187 E AndroidRuntime: java.lang.IllegalStateException: getRoot() called while not connected',
  ],
  [
    'f',
    '2198  2214 F libc    : Fatal signal 6 (SIGABRT), code -1 (SI_QUEUE) in tid 2214 (AudioOut_1D)',
  ],
]
const others = [
  ['p', 'o', '--------- beginning of crash'],
  ['k', 'o', '    PASS  boot_completed=1 boot_id=6f0c7c1e-52d1-4c7a-9c39-0d7a1c2e51b8'],
  ['s', 's', 'device-side tombstone written: /data/tombstones/tombstone_07'],
  ['w', 'e', 'logcat: Unexpected EOF!'],
  [
    'p',
    'o',
    '\u001b[32mgreen\u001b[0m \u001b[1;31mbold red\u001b[0m \u001b[38;5;208morange 208\u001b[0m \u001b[44mon blue\u001b[0m \u001b[7minverse\u001b[0m \u001b[2mdim\u001b[0m \u001b[38;2;20;20;60mnight blue\u001b[0m',
  ],
]

// usual gives level, stream and text of line n.
export function usual(n) {
  if (n % 11 === 0) return others[((n / 11) % others.length) | 0]
  const [level, text] = logcat[n % 97 === 0 ? 6 : n % 23 === 0 ? 5 : n % 9 === 0 ? 4 : n % 4]
  return [level, 'o', `11-21 10:13:58.${String(n % 1000).padStart(3, '0')}  ${text}`]
}
