// What the browser test needs of a browser: one that starts, steps that say
// what they saw, rows of a log, and an accessibility check.
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
export const artifacts = fileURLToPath(new URL('../../artifacts/', import.meta.url))

export const chromiumPath = () =>
  [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path && existsSync(path))

export async function launch() {
  mkdirSync(artifacts, { recursive: true })
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

// watch fails the test on what a page says in its console: a script that the
// policy refused, an error that nobody caught. A refused request is no such.
export function watch(page, complaints) {
  page.on('pageerror', (e) => complaints.push(`error: ${e.message}`))
  page.on('console', (m) => {
    const isNetwork = /Failed to load resource|WebSocket connection/.test(m.text())
    if (m.type() === 'error' && !isNetwork) complaints.push(m.text())
  })
}

export async function step(name, act) {
  const at = Date.now()
  const seen = await act()
  console.log(`ok  ${name}${seen ? `: ${seen}` : ''} (${Date.now() - at} ms)`)
}

export function assert(condition, message) {
  if (!condition) throw new Error(message)
}

// accessible runs axe in both schemes and keeps a picture of each.
export async function accessible(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(150) // the colours' own transitions, 80 ms
    await page.screenshot({
      path: `${artifacts}${name}-${page.viewportSize().width}-${colorScheme}.png`,
    })
    if (!(await page.evaluate(() => 'axe' in globalThis))) await inject(page)
    const { violations } = await page.evaluate(() => globalThis.axe.run(document))
    const found = violations.map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`)
          .slice(0, 3)
          .join(' | ')}`,
    )
    assert(found.length === 0, `${name}, ${colorScheme}:\n${found.join('\n')}`)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

// The page's policy allows no foreign script: axe comes in by evaluation.
async function inject(page) {
  const { readFile } = await import('node:fs/promises')
  await page.evaluate(await readFile(axe, 'utf8'))
}

// fits says that nothing makes the page itself scroll sideways.
export async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert(over <= 0, `the page is ${over} px too wide`)
}

export const log = (page) => page.getByRole('listbox', { name: 'Log lines' })

// allRows scrolls through the log and returns every row as it is shown.
export async function allRows(page) {
  return log(page).evaluate(async (scroller) => {
    const frame = () =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const rows = new Map()
    scroller.scrollTop = 0
    for (;;) {
      await frame()
      for (const row of scroller.querySelectorAll('[data-n]:not([hidden])')) {
        const text = row.lastElementChild
        rows.set(Number(row.dataset.n), {
          text: text.textContent,
          isColoured: text.querySelector('[style*="color"]') !== null,
        })
      }
      const end = scroller.scrollHeight - scroller.clientHeight
      if (scroller.scrollTop >= end - 1) break
      scroller.scrollTop = Math.min(end, scroller.scrollTop + scroller.clientHeight - 40)
    }
    return [...rows].map(([n, row]) => ({ n, ...row })).sort((a, b) => a.n - b.n)
  })
}
