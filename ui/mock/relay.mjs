// A relay for looking at the dashboard: every state at once, and floods.
//   node mock/relay.mjs [port] [states|hostile|empty]
// then open the printed address. It speaks as much of farbench.v1 as the
// dashboard reads. Commands:
//   flood LINES RATE    print LINES lines, RATE a second
//   anything else       a logcat that goes on until it is cancelled
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { WebSocketServer } from 'ws'
import { answer } from './api.mjs'
import { jobsOf } from './jobs.mjs'
import { usual } from './lines.mjs'
import { me, together } from './together.mjs'
import * as world from './world.mjs'

const [port = '7071', name = 'states'] = process.argv.slice(2)
const protocol = Number(process.env.MOCK_PROTOCOL ?? 1) // another v refuses the page (4502)
const renamed = (process.env.MOCK_RENAMED ?? '').split('=') // a bench: old=new

const dist = new URL('../../relay/web/dist', import.meta.url).pathname
const types = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
}
// The relay's own policy, to the letter.
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const isSignedIn = (req) => (req.headers.cookie ?? '').includes('mock=1')

const pages = new Set() // what goes to whoever is in the room
const others = together(name, (frame) => {
  for (const page of pages) if (page.rooms.has(frame.room)) page.send(frame)
})

const relay = {
  benches: world.benches[name]().map((b) => ({
    ...(b.id === renamed[0] ? { ...b, id: renamed[1], name: renamed[1] } : b),
    flag: others.flags[b.id],
  })),
  runs: new Map(),
  checks: world.checks(name),
  settings: { revision: 0, settings: {} },
  start(order) {
    if (order.bench === 'audio-2')
      return {
        fault: {
          code: 'bench_offline',
          message: 'audio-2 is offline since 09:44:17',
          hint: 'Check the bench PC’s power and network.',
          id: 'f-3k9q2',
        },
      }
    const refused = others.refusal(order)
    if (refused) return { fault: refused }
    const { id = `r-${relay.runs.size}`, bench, device, timeout_s = 600 } = order
    const check = relay.checks.checks.find((c) => c.id === order.check)
    const { act } = order
    const words = act && ['adb', act.kind, act.mode].filter(Boolean).join(' ')
    const command = check?.command ?? words ?? order.command
    const entry = add(world.run(id, [bench, device], command, { timeout_s, check, act }))
    setTimeout(begin, 5, entry)
    return { run: entry.run }
  },
  cancel: (entry) => finish(entry, { outcome: 'cancelled' }),
  work: jobsOf(name, (ev, d) => tell(ev, d)),
  lab: { revision: 1, unreserved: 'anyone' },
}

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://mock')
  if (url.pathname.startsWith('/api/')) return answer(req, res, url, relay)
  const file = join(dist, url.pathname)
  const path = url.pathname !== '/' && existsSync(file) ? file : join(dist, 'index.html')
  res.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
  res.setHeader('content-security-policy', policy)
  createReadStream(path).pipe(res)
})

function add(run) {
  const entry = { run, blocks: [], next: 1, watchers: new Set() }
  relay.runs.set(run.id, entry)
  return entry
}

function print(entry, texts) {
  const first = entry.next
  const lines = Array.isArray(texts)
    ? texts.map((text) => ['p', 'o', text])
    : Array.from({ length: texts }, (_, i) => usual(first + i))
  publish(entry, {
    run: entry.run.id,
    first,
    count: lines.length,
    text: lines.map((line) => line[2]),
    t: [[Date.now(), lines.length]],
    s: lines.map((line) => line[1]).join(''),
    l: lines.map((line) => line[0]).join(''),
  })
}

function publish(entry, block) {
  entry.next = block.first + block.count
  entry.run.lines = entry.next - 1
  for (const text of block.text ?? []) entry.run.bytes += text.length + 1
  entry.blocks.push(block)
  for (const send of entry.watchers) send(block)
}

function finish(entry, more) {
  clearInterval(entry.timer)
  Object.assign(entry.run, { state: 'ended', ended_at: world.now(), link: undefined }, more)
  for (const send of entry.watchers) send()
  tell('run', entry.run)
}

function begin(entry) {
  const [word, total, rate] = entry.run.command.split(' ')
  tell('run', entry.run)
  if (entry.run.check) {
    print(entry, ['    versionName=24.46.3'])
    return finish(entry, { outcome: 'exited', exit_code: 0 })
  }
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
for (const [run, lines, odd = {}] of world.runs[name]()) {
  const entry = Object.assign(add(run), odd)
  const [from = 1, to = 0] = odd.leftOut ?? []
  if (from > 1) print(entry, from - 1)
  if (to > 0) print(entry, to - from + 1)
  if (lines !== 0) print(entry, to > 0 ? lines - to : lines)
  if (run.kept_from) entry.blocks[0] = trimmed(entry.blocks[0], run.kept_from)
}
if (name === 'states')
  begin(add(world.run('r-live', ['hil-07', 'hu5h2446a0131'], 'logcat -b all -v threadtime')))

function trimmed(block, from) {
  const cut = from - block.first
  return {
    ...block,
    first: from,
    count: block.count - cut,
    text: block.text.slice(cut),
    s: block.s.slice(cut),
    l: block.l.slice(cut),
    t: [[block.t[0][0], block.count - cut]],
  }
}

new WebSocketServer({ server, path: '/ws' }).on('connection', (ws, req) => {
  const send = (f) => ws.send(JSON.stringify(f))
  const rooms = new Map()
  const page = { rooms, send }
  pages.add(page)
  ws.on('close', () => {
    pages.delete(page)
    lab.delete(ws)
    for (const stop of rooms.values()) stop()
  })
  ws.on('message', (data) => {
    for (const text of String(data).split('\n')) take(JSON.parse(text))
  })
  const refuse = (code, reason) => {
    send({ t: 'bye', code, reason })
    ws.close(code)
  }
  function take(f) {
    if (f.t === 'ping') return send({ t: 'pong', i: f.i })
    if (f.t === 'hello') {
      if (!isSignedIn(req)) return refuse(4501, 'not signed in')
      if (f.v !== protocol) return refuse(4502, `this relay speaks farbench.v${protocol}`)
      return send({ t: 'welcome', v: 1, conn: 'c1', user: me })
    }
    if (f.t === 'unsub') {
      rooms.get(f.room)?.()
      return rooms.delete(f.room)
    }
    if (f.t === 'sub') return enter(f)
    if (f.t === 'req' && f.m === 'run.start') {
      const { run, fault } = relay.start(f.d)
      return send(fault ? { t: 'res', i: f.i, error: fault } : { t: 'res', i: f.i, d: run })
    }
    const [, verb] = /^reservation\.(\w+)$/.exec(f.m ?? '') ?? []
    if (f.t === 'req' && verb) return send({ t: 'res', i: f.i, d: others.reservation(verb, f.d) })
    const [, onJob] = /^job\.(\w+)$/.exec(f.m ?? '') ?? []
    if (f.t === 'req' && onJob) return send({ t: 'res', i: f.i, d: relay.work[onJob](f.d) })
    const [, onNote] = /^note\.(\w+)$/.exec(f.m ?? '') ?? []
    if (f.t === 'req' && onNote) return send({ t: 'res', i: f.i, d: others.note(onNote, f.d) })
    if (f.t === 'evt') return send({ t: 'res', i: f.i, d: others.say(f) })
    if (f.t === 'req' && f.m === 'look') {
      others.look(f.d)
      return send({ t: 'res', i: f.i, d: {} })
    }
    if (f.t === 'req' && f.m === 'run.cancel') {
      send({ t: 'res', i: f.i, d: {} })
      return relay.cancel(relay.runs.get(f.d.id))
    }
  }
  function enter(f) {
    if (f.room === 'lab') {
      lab.add(ws)
      const runs = [...relay.runs.values()].map((e) => e.run)
      rooms.set(f.room, () => undefined)
      return send({
        t: 'res',
        i: f.i,
        d: { benches: relay.benches, runs, jobs: relay.work.jobs, ...others.lab() },
      })
    }
    if (/^(user|bench):/.test(f.room)) {
      rooms.set(f.room, () => undefined)
      return send({ t: 'res', i: f.i, d: others.room(f.room) })
    }
    const entry = relay.runs.get(f.room.slice(4))
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
    const trimmedTo = (entry.run.kept_from ?? 1) - 1
    if (trimmedTo > 0 && !f.o)
      pub({ run: entry.run.id, first: 1, count: trimmedTo, gap: 'older than this relay keeps' })
    for (const block of entry.blocks)
      if (block.first >= Number(f.o ?? 0) && block.first !== entry.leftOut?.[0]) pub(block)
    send({ t: entry.isBehind ? 'lag' : 'live', room: f.room })
    if (entry.run.state === 'ended') return pub()
    entry.watchers.add(pub)
    rooms.set(f.room, () => entry.watchers.delete(pub))
  }
})

server.listen(Number(port), '127.0.0.1', () =>
  console.log(`open http://127.0.0.1:${server.address().port}/#code=mock`),
)
