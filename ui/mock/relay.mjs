// A relay for looking at the dashboard: every state at once, and floods.
//   node mock/relay.mjs [port]      then open the printed address
// It speaks as much of farbench.v1 as the dashboard reads. Commands:
//   flood LINES RATE    print LINES lines, RATE a second
//   anything else       a logcat that goes on until it is cancelled
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { WebSocketServer } from 'ws'

const dist = new URL('../../relay/web/dist', import.meta.url).pathname
const types = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
}
const isSignedIn = (req) => (req.headers.cookie ?? '').includes('mock=1')

const server = createServer((req, res) => {
  const { pathname } = new URL(req.url, 'http://mock')
  if (pathname.startsWith('/api/')) return api(req, res, pathname)
  const file = join(dist, pathname)
  const path = pathname !== '/' && existsSync(file) ? file : join(dist, 'index.html')
  res.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
  res.setHeader('content-security-policy', "default-src 'self'; style-src 'self' 'unsafe-inline'")
  createReadStream(path).pipe(res)
})

function api(req, res, pathname) {
  let body = ''
  req.on('data', (d) => (body += d))
  req.on('end', () => {
    const problem = (status, code, detail) => {
      res.writeHead(status, { 'content-type': 'application/problem+json' })
      res.end(JSON.stringify({ status, code, detail, title: code, hint: '' }))
    }
    if (req.method === 'GET')
      return isSignedIn(req) ? res.end('{}') : problem(401, 'unauthorized', 'not signed in')
    if (req.method === 'DELETE') {
      res.setHeader('set-cookie', 'mock=; Max-Age=0; Path=/')
      return res.end()
    }
    const { token, code } = JSON.parse(body || '{}')
    if (pathname.endsWith('/redeem') ? code !== 'mock' : token !== 'mock')
      return problem(401, 'unauthorized', 'unknown')
    res.setHeader('set-cookie', 'mock=1; Path=/; HttpOnly; SameSite=Strict')
    res.end('{}')
  })
}

const now = () => new Date().toISOString()
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
  properties: { 'ro.build.version.release': release, 'ro.build.version.incremental': build },
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
  ...more,
})
const benches = [
  bench('hil-07', [
    device('HU5H2446A0131', 'HU5 High', '14', '24.46.3'),
    device('IC4C2446A0088', 'IC4 Cluster', '13', '24.46.1'),
  ]),
  bench('cluster-01', [
    device('IC4C2440A0102', 'IC4 Cluster', '13', '', {
      state: 'unauthorized',
      hint: 'Accept the key prompt on the head unit',
    }),
    device('HU5L2440A0310', 'HU5 Low', '14', '24.40.9'),
  ]),
  bench('proto-c2', [
    device('HU6A000001', 'HU6 A-sample', '15', '', {
      state: 'offline',
      hint: 'Replug its USB cable, or reconnect',
    }),
  ]),
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
    },
  ),
  bench('audio-2', [device('HU5H2446A0077', 'HU5 High', '14', '24.46.3')]),
  bench('empty-1', []),
]

const runs = new Map()
function addRun(id, on, command, more = {}) {
  const run = {
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
  }
  runs.set(id, { run, blocks: [], next: 1, watchers: new Set() })
  return runs.get(id)
}
const ended = (outcome, s, more = {}) => ({
  state: 'ended',
  outcome,
  created_at: before(s + 3),
  started_at: before(s + 3),
  ended_at: before(s),
  ...more,
})
addRun(
  'r-done',
  ['hil-07', 'ic4c2446a0088'],
  'getprop ro.build.fingerprint',
  ended('exited', 400, { exit_code: 0 }),
)
addRun(
  'r-fail',
  ['audio-2', 'hu5h2446a0077'],
  'am start -W -n com.nordcar.nav/.MapActivity --user current',
  ended('exited', 900, { exit_code: 1 }),
)
addRun(
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
)
addRun(
  'r-time',
  ['cluster-01', 'hu5l2440a0310'],
  'am start -W com.nordcar.nav',
  ended('timed_out', 90000),
)

const texts = [
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
function line(n) {
  if (n % 11 === 0) return others[((n / 11) % others.length) | 0]
  const [level, text] = texts[n % 97 === 0 ? 6 : n % 23 === 0 ? 5 : n % 9 === 0 ? 4 : n % 4]
  return [level, 'o', `11-21 10:13:58.${String(n % 1000).padStart(3, '0')}  ${text}`]
}

function print(entry, count) {
  const block = {
    run: entry.run.id,
    first: entry.next,
    count,
    text: [],
    t: [[Date.now(), count]],
    s: '',
    l: '',
  }
  for (let i = 0; i < count; i++) {
    const [level, stream, text] = line(entry.next + i)
    block.l += level
    block.s += stream
    block.text.push(text)
    entry.run.bytes += text.length + 1
  }
  publish(entry, block)
}
function publish(entry, block) {
  entry.next = block.first + block.count
  entry.run.lines = entry.next - 1
  entry.blocks.push(block)
  for (const send of entry.watchers) send(block)
}
function finish(entry, more) {
  clearInterval(entry.timer)
  Object.assign(entry.run, { state: 'ended', ended_at: now(), link: undefined }, more)
  for (const send of entry.watchers) send()
  tell('run', entry.run)
}
function begin(entry) {
  const [word, total, rate] = entry.run.command.split(' ')
  tell('run', entry.run)
  if (word !== 'flood') {
    print(entry, 120)
    publish(entry, {
      run: entry.run.id,
      first: entry.next,
      count: 1204,
      gap: 'the spool on hil-07 was full from 10:14:09 to 10:14:30',
    })
    print(entry, 60)
    entry.timer = setInterval(() => print(entry, 1 + ((Math.random() * 4) | 0)), 400)
    return
  }
  const at = Date.now()
  let done = 0
  entry.timer = setInterval(() => {
    const due = Math.min(Number(total), ((Date.now() - at) / 1000) * Number(rate)) | 0
    for (; done < due; done += Math.min(400, due - done)) print(entry, Math.min(400, due - done))
    if (done >= Number(total)) finish(entry, { outcome: 'exited', exit_code: 0 })
  }, 20)
}

const lab = new Set()
const tell = (ev, d) => {
  for (const ws of lab) ws.send(JSON.stringify({ t: 'pub', room: 'lab', ev, d }))
}
begin(addRun('r-live', ['hil-07', 'hu5h2446a0131'], 'logcat -b all -v threadtime'))
for (const id of ['r-done', 'r-fail', 'r-lost', 'r-time'])
  print(runs.get(id), id === 'r-done' ? 1 : 88)

new WebSocketServer({ server, path: '/ws' }).on('connection', (ws, req) => {
  const send = (f) => ws.send(JSON.stringify(f))
  const rooms = new Map()
  ws.on('close', () => {
    lab.delete(ws)
    for (const stop of rooms.values()) stop()
  })
  ws.on('message', (data) => {
    for (const text of String(data).split('\n')) take(JSON.parse(text))
  })
  function take(f) {
    if (f.t === 'ping') return send({ t: 'pong', i: f.i })
    if (f.t === 'hello') {
      if (isSignedIn(req))
        return send({ t: 'welcome', v: 1, conn: 'c1', user: { id: 'mk', name: 'mk' } })
      send({ t: 'bye', code: 4501, reason: 'not signed in' })
      return ws.close(4501)
    }
    if (f.t === 'unsub') {
      rooms.get(f.room)?.()
      return rooms.delete(f.room)
    }
    if (f.t === 'sub') return enter(f)
    if (f.t === 'req' && f.m === 'run.start') {
      if (f.d.bench === 'audio-2')
        return send({
          t: 'res',
          i: f.i,
          error: {
            code: 'bench_offline',
            message: 'audio-2 is offline since 09:44:17',
            hint: 'Check the bench PC’s power and network.',
            id: 'f-3k9q2',
          },
        })
      const entry = addRun(f.d.id, [f.d.bench, f.d.device], f.d.command)
      send({ t: 'res', i: f.i, d: entry.run })
      return begin(entry)
    }
    if (f.t === 'req' && f.m === 'run.cancel') {
      send({ t: 'res', i: f.i, d: {} })
      return finish(runs.get(f.d.id), { outcome: 'cancelled' })
    }
  }
  function enter(f) {
    if (f.room === 'lab') {
      lab.add(ws)
      return send({ t: 'res', i: f.i, d: { benches, runs: [...runs.values()].map((e) => e.run) } })
    }
    const entry = runs.get(f.room.slice(4))
    if (!entry)
      return send({
        t: 'res',
        i: f.i,
        error: { code: 'not_found', message: 'there is no such run', hint: '' },
      })
    send({ t: 'res', i: f.i, d: entry.run })
    const pub = (block) => {
      if (block)
        send({
          t: 'pub',
          room: f.room,
          ev: 'block',
          o: String(block.first + block.count),
          d: block,
        })
      else send({ t: 'pub', room: f.room, ev: 'end', d: entry.run })
    }
    for (const block of entry.blocks) if (block.first >= Number(f.o ?? 0)) pub(block)
    send({ t: 'live', room: f.room })
    if (entry.run.state === 'ended') return pub()
    entry.watchers.add(pub)
    rooms.set(f.room, () => entry.watchers.delete(pub))
  }
})

const port = Number(process.argv[2] ?? 7071)
server.listen(port, '127.0.0.1', () =>
  console.log(`open http://127.0.0.1:${server.address().port}/#code=mock`),
)
