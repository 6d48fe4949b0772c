// A relay for measuring: it has one run of so many lines, made before anything
// is timed, and speaks as much of farbench.v1 as the dashboard reads. A process
// of its own, forked by browser.mjs; told { flood: rate } or
// { finish }, and tells { url } and { ended }.
//   node source.mjs DIRECTORY LINES
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { WebSocketServer } from 'ws'
import { answer } from '../mock/api.mjs'
import { benches, run as newRun } from '../mock/world.mjs'
import { lineOf } from './lines.mjs'

const [dist, wanted] = process.argv.slice(2)
const total = Number(wanted)
const perBlock = 100 // what an agent puts into one at this rate
const every = 5 // ms

const run = newRun('flood', ['hil-07', 'hu5h2446a0131'], 'logcat -b all', { timeout_s: 600 })
const began = Date.parse(run.started_at ?? run.created_at)

// A block's frame, as it goes on the wire, and the text of its document.
const blocks = []
for (let first = 1; first <= total; first += perBlock) {
  const count = Math.min(perBlock, total - first + 1)
  const lines = Array.from({ length: count }, (_, i) => lineOf(first + i))
  const d = JSON.stringify({
    run: run.id,
    first,
    count,
    text: lines.map((line) => line[1]),
    t: [[began + Math.round(first / 20), count]],
    s: 'o'.repeat(count),
    l: lines.map((line) => line[0]).join(''),
  })
  blocks.push(
    Buffer.from(`{"t":"pub","room":"run:flood","o":"${first + count}","ev":"block","d":${d}}`),
  )
}
const documentAt = (i) => JSON.parse(blocks[i].toString()).d

let sent = 0 // blocks
const watchers = new Set()

function flood(rate) {
  const at = performance.now()
  const due = () =>
    Math.min(blocks.length, Math.floor(((performance.now() - at) * rate) / 1e3 / perBlock))
  const timer = setInterval(() => {
    for (const to = due(); sent < to; sent++)
      for (const ws of watchers) ws.send(blocks[sent], { binary: false })
    if (sent === blocks.length) {
      clearInterval(timer)
      finish()
    }
  }, every)
}

function finish() {
  sent = blocks.length
  Object.assign(run, {
    state: 'ended',
    outcome: 'exited',
    exit_code: 0,
    lines: total,
    ended_at: new Date(began + total / 20).toISOString(),
  })
  for (const ws of watchers) end(ws)
  process.send({ ended: true })
}

const end = (ws) =>
  ws.send(JSON.stringify({ t: 'pub', room: 'run:flood', ev: 'end', o: String(total + 1), d: run }))

// The log route decodes the few blocks that it is asked for.
function blocksOf(query) {
  const from = Math.max(0, Math.floor((Number(query.get('from') ?? 1) - 1) / perBlock))
  const to = Math.min(sent, Math.ceil(Number(query.get('to') ?? total) / perBlock))
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => documentAt(from + i))
}

const relay = {
  benches: benches.states(),
  checks: { revision: 0, checks: [], commands: [] },
  settings: { revision: 0, settings: { hintSeen: true } },
}

const types = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
}

const server = createServer((req, res) => {
  // A page that is isolated may ask the browser what it takes in memory.
  res.setHeader('cross-origin-opener-policy', 'same-origin')
  res.setHeader('cross-origin-embedder-policy', 'require-corp')
  const url = new URL(req.url, 'http://source')
  if (url.pathname.startsWith('/api/')) {
    const isLog = url.pathname.endsWith('/log')
    const entry = { run, blocks: isLog ? blocksOf(url.searchParams) : [] }
    return answer(req, res, url, { ...relay, runs: new Map([[run.id, entry]]) })
  }
  const file = join(dist, url.pathname)
  const isFile = url.pathname !== '/' && existsSync(file) && statSync(file).isFile()
  const path = isFile ? file : join(dist, 'index.html')
  res.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
  createReadStream(path).pipe(res)
})

new WebSocketServer({ server, path: '/ws' }).on('connection', (ws) => {
  const say = (f) => ws.send(JSON.stringify(f))
  ws.on('close', () => watchers.delete(ws))
  ws.on('message', (data) => {
    for (const text of String(data).split('\n')) take(JSON.parse(text))
  })
  function take(f) {
    if (f.t === 'ping') return say({ t: 'pong', i: f.i })
    if (f.t === 'hello')
      return say({ t: 'welcome', v: 1, conn: 'c1', user: { id: 'bench', name: 'bench' } })
    if (f.t === 'unsub') return watchers.delete(ws)
    if (f.t !== 'sub') return
    if (f.room !== 'run:flood')
      return say({ t: 'res', i: f.i, d: { benches: relay.benches, runs: [run] } })
    say({ t: 'res', i: f.i, d: run })
    for (let i = Math.floor((Number(f.o ?? 1) - 1) / perBlock); i < sent; i++)
      ws.send(blocks[i], { binary: false })
    say({ t: 'live', room: f.room })
    if (run.state === 'ended') end(ws)
    else watchers.add(ws)
  }
})

process.on('message', (order) => {
  if (order.flood) flood(order.flood)
  if (order.finish) finish()
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () =>
  process.send({ url: `http://127.0.0.1:${server.address().port}` }),
)
