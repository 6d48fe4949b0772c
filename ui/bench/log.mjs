// The log viewer in Chromium: a built dashboard, a million coloured lines, 20,000
// a second, and the plain way of showing them in the same run.
//   node bench/log.mjs [--lines N] [--rate N] [--json]
// Prints a table, or with --json rows for `make bench`. Times of the machine move
// by half with its load: the ratios are what holds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { at, cold, flood } from './flood.mjs'

const { values: flags } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
  },
})
const lines = Number(flags.lines)
const rate = Number(flags.rate)
const ofPlain = 0.4 // of the lines
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const say = (text) => process.stderr.write(`${text}\n`)

async function measure() {
  const dist = here('../../relay/web/dist')
  const plainly = mkdtempSync(join(tmpdir(), 'farbench-plain-'))
  try {
    await build({
      configFile: false,
      root: here('plain'),
      logLevel: 'error',
      plugins: [react()],
      resolve: { alias: { '@': here('../src') } },
      build: { outDir: plainly, emptyOutDir: true, target: 'es2022' },
    })
    const ours = await flood({ dist, path: '/r/flood', lines, rate, isOurs: true })
    say(`ours, at a load of ${ours.load.toFixed(1)}: ${brief(ours)}`)
    // It need not hold as many: on a busy machine it falls far behind.
    const plain = await flood({ dist: plainly, path: '/', lines: lines * ofPlain, rate })
    say(`plain, at a load of ${plain.load.toFixed(1)}: ${brief(plain)}`)
    const opened = await cold({ dist, path: '/r/flood', lines })
    return rowsOf(ours, plain, opened)
  } finally {
    rmSync(plainly, { recursive: true, force: true })
  }
}

const brief = (o) =>
  JSON.stringify(o, (key, v) =>
    key === 'keys' || key === 'typing'
      ? { p75: at(v, 0.75), max: at(v, 1) }
      : typeof v === 'number'
        ? Math.round(v * 10) / 10
        : v,
  )

// A row is a figure; `bar` says what it should be, at most or at least, and a
// gate is a bar that holds on a busy machine too.
function rowsOf(ours, plain, opened) {
  const p75 = (keys) => at(keys, 0.75)
  const perLine = (ours.search / plain.search) * ofPlain
  const row = (name, unit, value, more = {}) => ({ name, unit, value, ...more })
  const atMost = (bar) => ({ bar, atMost: true })
  const gate = (bar, atMost = true) => ({ bar, atMost, gate: true })
  return [
    row('log, frames a second, following', '/s', ours.frames, { bar: 55 }),
    row('… / an idle page', '×', ours.frames / ours.idle, { bar: 0.95 }),
    row('… the plain way', '/s', plain.frames),
    row('… ours / plain, frames', '×', ours.frames / plain.frames, gate(0.95, false)),
    row('log, main thread busy, following', '%', ours.following.tasks, atMost(40)),
    row('… its CPU time', '%', ours.following.page),
    row('… the plain way, busy', '%', plain.following.tasks),
    row('… ours / plain, busy', '×', ours.following.tasks / plain.following.tasks, gate(0.75)),
    row('log, worker’s CPU time, following', '%', ours.following.workers),
    row('log, main thread busy, scrolled up', '%', ours.paused.tasks, atMost(40)),
    row('… ours / plain, scrolled up', '×', ours.paused.tasks / plain.paused.tasks, gate(0.75)),
    row('log, key to paint, j and k, p75', 'ms', p75(ours.keys), atMost(40)),
    row('… the longest', 'ms', at(ours.keys, 1)),
    row('… the plain way, p75', 'ms', p75(plain.keys)),
    row('… ours / plain, p75', '×', p75(ours.keys) / p75(plain.keys), atMost(1.5)),
    row('log, key to paint, typing a search, p75', 'ms', p75(ours.typing), atMost(40)),
    row('log, memory as the last line came', 'MB', ours.peak, atMost(350)),
    row('… 10 s later', 'MB', ours.rest, gate(350)),
    row('… as the browser counts it', 'MB', ours.counted),
    row('log, literal search of all lines', 'ms', ours.search, atMost(250)),
    row('… from the last key to its count', 'ms', ours.searchSeen),
    row('… ours / plain, which blocks the page', '×', perLine, gate(1.5)),
    row('log, search by pattern', 'ms', ours.regex),
    row('run of before, to its first line', 'ms', opened.first),
    row('… to its last line', 'ms', opened.last),
    row('… jump to the middle', 'ms', opened.jump),
  ].filter((r) => Number.isFinite(r.value))
}

const isMet = (r) => (r.atMost ? r.value <= r.bar : r.value >= r.bar)

const rows = await measure()
if (flags.json) {
  console.log(JSON.stringify(rows))
} else {
  for (const r of rows) {
    const bar = r.bar ? `${r.atMost ? '≤' : '≥'} ${r.bar} ${isMet(r) ? '✓' : '✗'}` : ''
    console.log(
      `${r.name.padEnd(44)}${r.value.toPrecision(3).padStart(8)} ${r.unit.padEnd(3)} ${bar}`,
    )
  }
  if (rows.some((r) => r.gate && !isMet(r))) process.exitCode = 1
}
