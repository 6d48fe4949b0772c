// What the built dashboard weighs, gzipped, as a browser fetches it:
//   node scripts/size.mjs [--json]
// Prints a table and fails where a bar is crossed; with --json, rows for
// `make bench`.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const dist = fileURLToPath(new URL('../../relay/web/dist/', import.meta.url))
// kB
const bars = { 'initial JS': 210, 'initial CSS': 20, ScriptEditor: 160, 'log viewer': 10 }

let html
try {
  html = readFileSync(`${dist}index.html`, 'utf8')
} catch {
  console.error('nothing is built: npm run build first')
  process.exit(1)
}

const text = (name) => readFileSync(`${dist}assets/${name}`, 'utf8')
const kilobytes = (names) =>
  [...names].reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0) / 1000

// What a chunk cannot run without.
function withImports(name, into = new Set()) {
  if (into.has(name)) return into
  into.add(name)
  for (const [, other] of text(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    withImports(other, into)
  }
  return into
}

const linked = (pattern) => [...html.matchAll(pattern)].map((m) => m[1])
const initial = new Set()
for (const name of linked(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g)) withImports(name, initial)

// The log as it is drawn has no chunk of its own, for two pages share it: it is
// built apart to be weighed, without what others use too.
async function weighLog() {
  const ui = fileURLToPath(new URL('..', import.meta.url))
  const entry = `${ui}src/shared/log/LogView.tsx`
  const { output } = await build({
    configFile: false,
    root: ui,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      ssr: true, // without what fetches chunks: that is the app's
      minify: true,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        external: (id) => !id.startsWith('.') && !id.startsWith(dirname(entry)),
      },
    },
  })
  const chunks = new Map(output.map((file) => [file.fileName, file]))
  const needed = new Set([output.find((file) => file.isEntry).fileName])
  for (const name of needed) {
    for (const other of chunks.get(name).imports) if (chunks.has(other)) needed.add(other)
  }
  const code = [...needed].map((name) => chunks.get(name).code).join('')
  return gzipSync(code, { level: 9 }).length / 1000
}

const assets = readdirSync(`${dist}assets`)
const asked = new Set(
  assets
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => [...text(name).matchAll(/import\(["'`]\.\/([\w.-]+\.js)["'`]\)/g)])
    .map((m) => m[1]),
)
const plain = (name) => name.replace(/-[\w-]{8}\.js$/, '')
const rows = [
  ['initial JS', kilobytes(initial)],
  ['initial CSS', kilobytes(linked(/href="\/assets\/([\w.-]+\.css)"/g))],
  ['log viewer', await weighLog()],
  // What comes on top when a page, or a part of it, is opened first.
  ...[...asked].map((name) => [
    plain(name),
    kilobytes([...withImports(name)].filter((n) => !initial.has(n))),
  ]),
  ...assets
    .filter((name) => /worker.*\.js$/.test(name))
    .map((name) => [`${plain(name)} (worker)`, kilobytes([name])]),
]

if (process.argv.includes('--json')) {
  const figures = rows.map(([name, value]) => ({
    name: name.startsWith('initial') ? name : `… ${name}`,
    unit: 'kB',
    value,
    ...(name in bars ? { bar: bars[name], atMost: true, gate: true } : {}),
  }))
  console.log(JSON.stringify(figures))
  process.exit()
}

let isOver = false
console.log('kB gz    bar')
for (const [name, size] of rows) {
  const bar = bars[name]
  const isHeavy = bar !== undefined && size > bar
  isOver ||= isHeavy
  console.log(
    `${size.toFixed(1).padStart(5)}  ${String(bar ?? '').padStart(5)}  ${name}${isHeavy ? '  TOO HEAVY' : ''}`,
  )
}
for (const name of Object.keys(bars)) {
  if (rows.some(([found]) => found === name)) continue
  console.log(`no ${name} in the build: the bar for it guards nothing`)
  isOver = true
}
process.exit(isOver ? 1 : 0)
