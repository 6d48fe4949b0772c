// The dashboard against a farbench-local, in a real browser.
//   FARBENCH_OPEN   the single-use link that it printed, or
//   FARBENCH_LOCAL  the program, to be started for the length of the test
//   CHROMIUM        the browser, where it is not in its usual place
import { resolve } from 'node:path'
import {
  accessible,
  allRows,
  artifacts,
  assert,
  chromiumPath,
  fits,
  launch,
  log,
  step,
  watch,
} from './browser.mjs'
import { startLocal } from './local.mjs'

const { CI, FARBENCH_LOCAL, FARBENCH_OPEN } = process.env
if (!FARBENCH_OPEN && !FARBENCH_LOCAL) {
  console.error('FARBENCH_LOCAL is missing: build farbench-local (make build) and give its path')
  process.exit(2)
}
if (!chromiumPath()) {
  console.error('skipped: no Chromium; install it (apt-get install chromium) or set CHROMIUM')
  process.exit(CI ? 1 : 0)
}
const local = FARBENCH_OPEN ? undefined : await startLocal(resolve(FARBENCH_LOCAL))
const open = FARBENCH_OPEN ?? local.link

const total = 2000
const colours = `i=1; while [ $i -le ${total} ]; do printf '\\033[3%dmcoloured line %d\\033[0m\\n' $((i % 6 + 1)) $i; if [ $((i % 20)) -eq 0 ]; then sleep 0.05; fi; i=$((i + 1)); done`
const endless = `i=1; while true; do echo "I/tick: $i"; echo "E/tick: $i" >&2; sleep 0.05; i=$((i + 1)); done`

const complaints = []
const browser = await launch()
const context = await browser.newContext({
  viewport: { width: 1440, height: 900 },
  colorScheme: 'light',
  reducedMotion: 'reduce',
})
const page = await context.newPage()
page.setDefaultTimeout(20_000)
watch(page, complaints)

// The way to the relay can be cut here, as a network would.
const way = { isCut: false, sockets: new Set() }
await page.routeWebSocket(/\/ws$/, (ws) => {
  if (way.isCut) return ws.close({ code: 1001 })
  ws.connectToServer()
  way.sockets.add(ws)
})
const cut = async () => {
  way.isCut = true
  for (const ws of way.sockets) await ws.close({ code: 1001 })
  way.sockets.clear()
}

const tag = (word) => page.locator('header').getByRole('status').filter({ hasText: word })
const run = async (command) => {
  await page
    .getByRole('button', { name: /^Run a command on/ })
    .first()
    .click()
  await page.getByRole('textbox', { name: 'Command' }).fill(command)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/r\//)
}
const lines = async () =>
  Number(
    (
      (await page
        .locator('dl')
        .getByText('Lines', { exact: true })
        .locator('xpath=following-sibling::dd')
        .textContent()) ?? '0'
    ).replaceAll(',', ''),
  )
const until = async (what, holds) => {
  const deadline = Date.now() + 30_000
  while (!(await holds())) {
    assert(Date.now() < deadline, `waited 30 s for ${what}`)
    await page.waitForTimeout(50)
  }
}

try {
  await step('the link signs in, once, and leaves the address', async () => {
    await page.goto(open)
    await page.locator('[data-phase=connected]').waitFor()
    assert(!page.url().includes('code='), `the code is still in ${page.url()}`)
    const other = await browser.newContext()
    const second = await other.newPage()
    await second.goto(open)
    await second.getByRole('heading', { name: 'Sign in to Farbench' }).waitFor()
    await second.getByRole('alert').waitFor()
    await accessible(second, 'signin')
    await second.getByLabel('Token', { exact: true }).fill('not the token')
    await second.getByRole('button', { name: 'Sign in' }).click()
    await second.getByRole('alert').waitFor()
    await other.close()
  })

  await step('benches and devices are there', async () => {
    await page
      .getByRole('button', { name: /^Run a command on/ })
      .first()
      .waitFor()
    await accessible(page, 'benches')
    const trip = await page.locator('[data-phase=connected] small').textContent()
    assert(/\d ms/.test(trip ?? ''), `no round trip: ${trip}`)
    return trip
  })

  await step(
    `${total} coloured lines, with a reload in the middle, are all there once and in order`,
    async () => {
      await run(colours)
      await until('some lines', async () => (await lines()) > total / 5)
      const seen = await lines()
      await page.reload()
      await until('lines after the reload', async () => (await lines()) > 0)
      assert(!(await tag('Exited').isVisible()), 'the run ended before the page was reloaded')
      await tag('Exited 0').waitFor({ timeout: 60_000 })
      const rows = (await allRows(page)).filter((r) => r.text.startsWith('coloured line'))
      assert(rows.length === total, `${rows.length} lines of ${total}`)
      rows.forEach((row, i) => {
        assert(row.text === `coloured line ${i + 1}`, `line ${i + 1} is ${row.text}`)
        assert(row.isColoured, `line ${i + 1} has no colour`)
      })
      await accessible(page, 'run-ended')
      return `reloaded at line ${seen}`
    },
  )

  await step('a run is followed; scrolling up pauses; the pill goes back to the end', async () => {
    await page.getByRole('link', { name: 'Benches', exact: true }).first().click()
    await run(endless)
    await until('lines', async () => (await lines()) > 120)
    await page.getByText('err', { exact: true }).first().waitFor()
    await log(page).hover()
    await page.mouse.wheel(0, -600)
    const pill = page.getByRole('button', { name: /^[\d,]+ new/ })
    await pill.waitFor()
    const first = await log(page).locator('[data-n]').first().textContent()
    await accessible(page, 'run-paused')
    assert(
      (await log(page).locator('[data-n]').first().textContent()) === first,
      'the log moved while paused',
    )
    await pill.click()
    await pill.waitFor({ state: 'detached' })
  })

  await step('a line is chosen, stands in the address, and can be linked', async () => {
    await log(page).locator('[data-n]').nth(3).click()
    await page.waitForURL(/\?L=\d+/)
    await page.getByRole('button', { name: 'Copy link to line' }).waitFor()
    await page.keyboard.press('Escape')
  })

  await step('a lost connection is a bar; the page comes back without a hole', async () => {
    const before = await lines()
    await cut()
    await page.getByText('Connection lost.').waitFor()
    await page
      .getByText(/as of \d\d:\d\d:\d\d/i)
      .first()
      .waitFor()
    await accessible(page, 'run-lost')
    way.isCut = false
    await page.getByText('Connected again.').waitFor({ timeout: 30_000 })
    await until('more lines', async () => (await lines()) > before + 20)
    await page.getByRole('button', { name: 'Cancel run' }).click()
    await tag('Cancelled').waitFor()
    const ticks = (await allRows(page)).filter((r) => r.text.startsWith('I/tick'))
    for (const [i, row] of ticks.entries()) {
      assert(row.text === `I/tick: ${i + 1}`, `tick ${i + 1} is ${row.text}`)
    }
    return `${ticks.length} ticks`
  })

  await step('what is not sent says so', async () => {
    await page.getByRole('button', { name: 'New command' }).click()
    const field = page.getByRole('textbox', { name: 'Command' })
    await field.fill('getprop ro.product.model')
    await page.getByRole('button', { name: /^Connected/ }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('Disconnected.').waitFor()
    await page.keyboard.press('Escape')
    await field.press('Enter')
    await page.getByRole('alert').getByText('Not connected').waitFor()
    assert((await field.inputValue()) === 'getprop ro.product.model', 'what was typed is gone')
    await accessible(page, 'benches-not-sent')
    await page.getByRole('status').getByRole('button', { name: 'Connect' }).click()
    await page.locator('[data-phase=connected]').waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForURL(/\/r\//)
    await tag('Exited 0').waitFor()
  })

  await step('an exit code is told, and a run can be run again', async () => {
    await page.getByRole('button', { name: 'New command' }).click()
    await page.getByRole('textbox', { name: 'Command' }).fill('echo E/gone: sorry >&2; exit 7')
    await page.keyboard.press('Enter')
    await tag('Exited 7').waitFor()
    const url = page.url()
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.waitForURL((u) => u.href !== url)
    await tag('Exited 7').waitFor()
  })

  await step('a run that is not there says so', async () => {
    await page.goto(new URL('/r/no-such-run', open).href)
    await page.getByRole('alert').waitFor()
  })

  for (const [width, height] of [
    [1024, 768],
    [390, 844],
  ]) {
    await step(`nothing breaks at ${width} px`, async () => {
      await page.setViewportSize({ width, height })
      await page.goto(new URL('/', open).href)
      await page
        .getByRole('button', { name: /^Run a command on/ })
        .first()
        .waitFor()
      await fits(page)
      await accessible(page, 'benches')
      await run(
        `for i in 1 2 3 4 5 6 7 8; do echo "W/phone: warning $i"; echo "D/phone: detail $i"; done`,
      )
      await tag('Exited 0').waitFor()
      await fits(page)
      await accessible(page, 'run')
    })
  }

  await step('signing out ends it', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: /settings$/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Farbench' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in to Farbench' }).waitFor()
  })

  assert(complaints.length === 0, `the console says:\n${complaints.join('\n')}`)
  console.log('ok  the console is silent')
} catch (e) {
  await page.screenshot({ path: `${artifacts}failed.png` })
  console.error(`FAILED  ${e.message}`)
  if (complaints.length) console.error(complaints.join('\n'))
  process.exitCode = 1
} finally {
  await browser.close()
  await local?.stop()
}
