// The lines of the flood: a head unit's log in colours, each line another one,
// so that nothing can be kept once for many.
const esc = '\u001b['
const kinds = [
  ['i', 32, 'CarPowerManagementService: onVhalPropertyChange: AP_POWER_STATE_REQ=ON seq='],
  ['d', 36, 'MediaBrowserConnector: connecting to com.nordcar.media/.RadioService try='],
  ['i', 32, 'NordLauncher: home task resumed, display 0, cold start of frame '],
  ['d', 36, 'HwcComposer: present fence signalled, layer stack 2, vsync period 16666 of '],
  ['d', 36, 'AudioFlinger: track 0x7f31 underrun recovered, 480 frames at position '],
  ['w', 33, 'CarOccupantZone: no display for occupant zone 2, driver side LEFT, request '],
]

export const word = 'boot_completed' // in every 1,000th line
export const pattern = 'boot_(completed|started) id=[0-9a-f]+7\\b' // in a tenth of those

// lineOf gives level and text of line n.
export function lineOf(n) {
  const stamp = `11-21 10:${two((n / 1_200_000) % 60)}:${two((n / 20_000) % 60)}.${String(n % 1000).padStart(3, '0')}`
  if (n % 1000 === 0)
    return ['k', `${stamp}  1423  1611 I init    : ${word} id=${(n / 1000).toString(10)}`]
  const [level, colour, text] = n % 911 === 0 ? error : kinds[n % kinds.length]
  return [
    level,
    `${esc}2m${stamp}${esc}0m  1423  1611 ${esc}${colour}m${level.toUpperCase()}${esc}0m ${text}${esc}1m${n}${esc}0m of ${(n * 2654435761) >>> 0}`,
  ]
}

const error = [
  'e',
  31,
  'AndroidRuntime: java.lang.IllegalStateException: getRoot() while closed, call ',
]
const two = (n) => String(n | 0).padStart(2, '0')

// foundIn says how many of the first `lines` hold the word, and the pattern.
export function foundIn(lines) {
  const re = new RegExp(pattern)
  let patterns = 0
  for (let n = 1000; n <= lines; n += 1000) if (re.test(lineOf(n)[1])) patterns++
  return { words: Math.floor(lines / 1000), patterns }
}
