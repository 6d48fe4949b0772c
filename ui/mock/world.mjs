// What the mock relay knows: benches, devices, runs and checks, in every state
// at once. `hostile` is a lab whose names, properties and lines would do harm
// on a page that let them; `empty` is a lab before its first bench.
import { escapes, markup } from './hostile.mjs'

export const now = () => new Date().toISOString()
const before = (s) => new Date(Date.now() - s * 1000).toISOString()
const agent = { version: '0.1.0', os: 'linux', arch: 'amd64' }

const device = (serial, model, release, build, more = {}) => ({
  id: serial.toLowerCase(),
  serial,
  state: 'device',
  reason: '',
  hint: '',
  model,
  product: 'nordcar',
  transport_id: 1,
  properties: {
    'ro.build.version.release': release,
    'ro.build.version.incremental': build,
    'ro.build.version.security_patch': '2026-11-05',
    'ro.boot.slot_suffix': '_a',
    'ro.serialno': serial,
    'persist.sys.locale': 'sv-SE',
  },
  ...more,
})

const bench = (id, devices, more = {}) => ({
  id,
  name: id,
  state: 'online',
  reason: '',
  seen_at: now(),
  agent,
  devices,
  labels: ['gothenburg', 'hil'],
  rtt_ms: 14,
  ...more,
})

const odd = () => [
  bench('hil-07', [
    device('HU5H2446A0131', 'HU5 High', '14', '24.46.3'),
    device('IC4C2446A0088', 'IC4 Cluster', '13', '24.46.1'),
  ]),
  bench(
    'cluster-01',
    [
      device('IC4C2440A0102', 'IC4 Cluster', '13', '', {
        state: 'unauthorized',
        hint: 'Accept the key prompt on the head unit',
      }),
      device('HU5L2440A0310', 'HU5 Low', '14', '24.40.9'),
    ],
    { rtt_ms: 96, labels: ['pune'] },
  ),
  bench(
    'proto-c2',
    [
      device('HU6A000001', 'HU6 A-sample', '15', '', {
        state: 'offline',
        hint: 'Replug its USB cable, or reconnect',
      }),
    ],
    { rtt_ms: 340, labels: [] },
  ),
  bench(
    'rack-b4',
    [
      device('HU5H2431A0022', 'HU5 High', '14', '24.31.7'),
      device('IC4C2431A0019', 'IC4 Cluster', '13', '24.31.7'),
    ],
    {
      state: 'offline',
      reason: 'No beat for 42 min. Check its power and network.',
      seen_at: before(2520),
      rtt_ms: null,
    },
  ),
  bench('audio-2', [device('HU5H2446A0077', 'HU5 High', '14', '24.46.3')], { labels: ['audio'] }),
  bench(
    'boot-1',
    [
      device('HU5H2446A0900', 'HU5 High', '14', '24.46.3', {
        state: 'rebooting',
        reason: 'Rebooting',
        hint: 'Wait until it has booted: it is still yours',
      }),
    ],
    { labels: ['pune'] },
  ),
  bench('lab-3', [
    device('IC4C2446A0201', 'IC4 Cluster', '13', '24.46.1', {
      state: 'adb restarting',
      reason: "The bench's adb server is restarting",
      hint: 'Wait a moment: the device is taken back by itself',
    }),
    device('TCU2440A0202', 'TCU2', '14', '24.40.9', {
      state: 'not answering',
      reason: 'adb lists it as ready, but it answers nothing',
      hint: 'It may be frozen: power-cycle it at the bench if it does not come back',
    }),
  ]),
  bench('empty-1', [], { labels: [], rtt_ms: null }),
]

const hostile = () => [
  bench(
    'hostile-1',
    [...markup, ...escapes].map((text, i) =>
      device(`EVIL${i}`, text, text.slice(0, 40), text, {
        state: i % 3 === 2 ? 'unauthorized' : 'device',
        reason: i % 3 === 2 ? text : '',
        hint: i % 3 === 2 ? text : '',
        product: text,
        properties: {
          'ro.build.version.release': text,
          'ro.build.version.incremental': text,
          [text]: text,
        },
      }),
    ),
    {
      name: markup[0],
      labels: markup.slice(0, 4),
      agent: { version: markup[1], os: markup[2], arch: '' },
    },
  ),
  bench('hostile-2', [device('EVIL', escapes[0], '14', '1')], {
    name: escapes.join(''),
    state: 'offline',
    reason: markup.join(' '),
  }),
]

export const benches = { states: odd, hostile, empty: () => [] }

export const run = (id, on, command, more = {}) => ({
  id,
  bench: on[0],
  device: on[1],
  command,
  state: 'running',
  lines: 0,
  bytes: 0,
  timeout_s: 600,
  by: 'mk',
  link: 'up',
  created_at: now(),
  started_at: now(),
  ...more,
})

const ended = (outcome, s, more = {}) => ({
  state: 'ended',
  outcome,
  created_at: before(s + 3),
  started_at: before(s + 3),
  ended_at: before(s),
  link: undefined,
  ...more,
})

const version = (id, more) => ({
  id,
  label: 'Version check',
  pattern: 'versionName=(?<version>\\S+)',
  expect: { is: '24.46.3' },
  ...more,
})

// Each run with the lines that it printed: a count of the usual ones, or texts.
const oddRuns = () => [
  [
    run(
      'r-done',
      ['hil-07', 'ic4c2446a0088'],
      'getprop ro.build.fingerprint',
      ended('exited', 400, { exit_code: 0 }),
    ),
    1,
  ],
  [
    run(
      'r-fail',
      ['audio-2', 'hu5h2446a0077'],
      'am start -W -n com.nordcar.nav/.MapActivity --user current',
      ended('exited', 900, { exit_code: 1, by: 'anna' }),
    ),
    88,
  ],
  [
    run(
      'r-lost',
      ['proto-c2', 'hu6a000001'],
      'reboot && logcat -b crash',
      ended('lost', 5000, {
        fault: {
          code: 'stream_lost',
          message: 'the device went away while it ran',
          hint: 'Its last lines may be missing. Look at the cable, then run it again.',
        },
      }),
    ),
    88,
  ],
  [
    run(
      'r-time',
      ['cluster-01', 'hu5l2440a0310'],
      'am start -W com.nordcar.nav',
      ended('timed_out', 90_000),
    ),
    88,
  ],
  [
    run('r-refused', ['cluster-01', 'ic4c2440a0102'], 'getprop', {
      ...ended('refused', 7000, { started_at: undefined }),
      fault: {
        code: 'device_unauthorized',
        message: 'ic4c2440a0102 is unauthorized',
        hint: 'Accept the key prompt on the head unit',
      },
    }),
    0,
  ],
  [
    run('r-cancelled', ['hil-07', 'hu5h2446a0131'], 'sleep 600', {
      ...ended('cancelled', 8000),
      by: 'anna',
    }),
    3,
  ],
  [
    run('r-unknown', ['rack-b4', 'hu5h2431a0022'], 'logcat -b all', {
      state: 'unknown',
      link: 'gone',
      unknown_since: before(2400),
      created_at: before(2600),
      started_at: before(2600),
    }),
    44,
  ],
  [
    run('r-claimed', ['audio-2', 'hu5h2446a0077'], 'echo soon', {
      state: 'claimed',
      started_at: undefined,
    }),
    0,
  ],
  [run('r-silent', ['audio-2', 'hu5h2446a0077'], 'true', ended('exited', 60, { exit_code: 0 })), 0],
  [
    run(
      'r-trimmed',
      ['hil-07', 'hu5h2446a0131'],
      'logcat -d',
      ended('exited', 600_000, { exit_code: 0, kept_from: 400 }),
    ),
    500,
  ],
  // What the room leaves out, the log over HTTP still has.
  [
    run('r-holes', ['hil-07', 'hu5h2446a0131'], 'logcat -d -b main', {
      ...ended('exited', 5000, { exit_code: 0 }),
    }),
    160,
    { leftOut: [61, 100] },
  ],
  [run('r-behind', ['hil-07', 'ic4c2446a0088'], 'logcat -b events'), 200, { isBehind: true }],
  [
    run(
      'r-pass',
      ['hil-07', 'hu5h2446a0131'],
      'dumpsys package com.nordcar.nav | grep versionName',
      ended('exited', 300, { exit_code: 0, check: version('version') }),
    ),
    ['    versionName=24.46.3'],
  ],
  [
    run(
      'r-wrong',
      ['hil-07', 'ic4c2446a0088'],
      'dumpsys package com.nordcar.nav | grep versionName',
      ended('exited', 320, { exit_code: 0, check: version('version') }),
    ),
    ['    versionName=24.46.1'],
  ],
]

const hostileRuns = () => [
  [
    run(
      'r-evil',
      ['hostile-1', 'evil0'],
      `${markup.join('; ')} ${escapes.join('')}`,
      ended('exited', 60, {
        exit_code: 0,
        by: markup[0],
        check: version('version', {
          label: markup[0],
          pattern: markup[1],
          expect: { is: markup[2] },
        }),
      }),
    ),
    [
      ...markup,
      ...escapes,
      ...markup.map((text) => `11-21 10:13:58.100  1423  1611 E ${text}: ${text}`),
    ],
  ],
  [
    run(
      'r-evil-lost',
      ['hostile-2', 'evil'],
      escapes.join(''),
      ended('lost', 90, {
        fault: { code: 'stream_lost', message: markup.join(' '), hint: escapes.join(' ') },
      }),
    ),
    [...escapes, ...markup],
  ],
]

export const runs = { states: oddRuns, hostile: hostileRuns, empty: () => [] }

export const checks = (world) => ({
  revision: 7,
  checks: [
    {
      id: 'version',
      label: world === 'hostile' ? markup[0] : 'Version check',
      command: 'dumpsys package com.nordcar.nav | grep versionName',
      pattern: 'versionName=(?<version>\\S+)',
      expect: { is: world === 'hostile' ? markup[1] : '24.46.3' },
      timeout_s: 20,
    },
    {
      id: 'booted',
      label: 'Boot completed',
      command: 'getprop sys.boot_completed',
      pattern: '^(?<value>1)$',
      expect: {},
    },
    {
      id: 'free',
      label: 'Free storage',
      command: 'df -k /data',
      pattern: '(?<used>\\d+)%',
      expect: { below: 90 },
      models: ['HU5*'],
    },
  ],
  commands: [
    { id: 'map', label: 'Start the map', command: 'am start -n com.nordcar.nav/.MapActivity' },
    {
      id: 'night',
      label: world === 'hostile' ? escapes.join('') : 'Night mode',
      command: world === 'hostile' ? markup.join('\n') : 'cmd uimode night yes',
    },
  ],
})
