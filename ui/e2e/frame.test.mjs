// What stands around every page: the palette, keys, settings, the first-visit
// hint, the connection's bar, and a browser that keeps nothing or is late.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, newContext, looks, until, proxy } = await desk()
const palette = (page) => page.getByRole('dialog', { name: 'Find or run' })
const field = (page) => page.getByRole('combobox', { name: 'Find or run' })
const option = (page, name) => palette(page).getByRole('option', { name })
const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const path = (page) => new URL(page.url()).pathname

const find = async (page, text) => {
  await page.keyboard.press('Control+k')
  await field(page).waitFor()
  await page.keyboard.type(text)
}
// Settings travel in the background: a test that reads them waits for them.
const settings = async () => (await lab.get('/api/v1/settings')).settings
const told = (field, value) =>
  until(`${field} at the relay`, async () => (await settings())[field] === value)
const choose = (page, name) => page.getByRole('main').getByText(name, { exact: true }).click()
const seen = async (page) => {
  await page.getByRole('button', { name: 'Got it' }).click()
  await told('hintSeen', true)
}

test('the hint says three things, once and for every browser of the person', async () => {
  const page = await open('/')
  await page.getByRole('heading', { name: 'Three things to know' }).waitFor()
  await looks(page, 'hint')
  await seen(page)
  assert.equal(await page.getByText('Three things to know').count(), 0)
  const other = await open('/')
  await until('the settings', async () =>
    other.evaluate(() =>
      (localStorage.getItem('farbench.settings') ?? '').includes('"hintSeen":true'),
    ),
  )
  assert.equal(await other.getByText('Three things to know').count(), 0)
})

test('the palette finds benches, devices, runs and actions, by keys alone', async () => {
  const id = await lab.exec('echo a needle in the palette')
  const page = await open('/')
  await page.getByRole('heading', { name: 'demo' }).first().waitFor()
  await page.getByRole('link', { name: 'Benches' }).first().focus()

  await find(page, 'demo')
  await option(page, /^Online demo/)
    .or(option(page, /^Running demo/))
    .or(option(page, /^Needs attention demo/))
    .waitFor()
  await option(page, /Run a command on/)
    .first()
    .waitFor()
  await looks(page, 'palette')
  assert.equal(await palette(page).locator('[aria-selected=true]').count(), 1)
  const first = await field(page).getAttribute('aria-activedescendant')
  await page.keyboard.press('ArrowDown')
  assert.notEqual(await field(page).getAttribute('aria-activedescendant'), first)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/b/demo')

  await find(page, 'needle')
  await option(page, /echo a needle/)
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/r/${id}`)

  await find(page, '>settings')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/settings')

  await page.keyboard.press('Control+k')
  await field(page).waitFor()
  const recent = palette(page).getByRole('group', { name: 'Recent' }).getByRole('option')
  assert.match(await recent.first().textContent(), /Go to the settings/, 'the last one first')
  await page.keyboard.type('no such thing anywhere')
  await palette(page).getByText('Nothing here is called').waitFor()
  await looks(page, 'palette-empty')
  await page.keyboard.press('Escape')
  await palette(page).waitFor({ state: 'detached' })
  assert.equal(path(page), '/settings')
})

test('the palette runs a check', async () => {
  const { checks } = await lab.get('/api/v1/checks')
  const page = await open('/')
  await page.getByRole('heading', { name: 'demo' }).first().waitFor()
  await find(page, `demo ${checks[0].label}`)
  await option(page, new RegExp(checks[0].label)).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/r\//)
  const run = await lab.ended(path(page).split('/')[2])
  assert.equal(run.check.id, checks[0].id)
})

test('the palette on a phone is the whole screen', async () => {
  const page = await open('/', { width: 390 })
  await page.getByRole('button', { name: /^Find/ }).click()
  await field(page).fill('demo')
  await option(page, /demo/).first().waitFor()
  await looks(page, 'palette-phone', { widths: [390] })
  await page.getByRole('button', { name: 'Close' }).click()
  await palette(page).waitFor({ state: 'detached' })
})

test('keys go to pages, are listed, and can be switched off', async () => {
  const page = await open('/')
  await page.getByRole('heading', { name: 'demo' }).first().waitFor()
  for (const [key, to] of [
    ['r', '/runs'],
    ['c', '/checks'],
    ['s', '/settings'],
    ['b', '/'],
  ]) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await until(to, () => path(page) === to)
  }
  const side = page.getByRole('complementary')
  const before = (await side.boundingBox()).width
  await page.keyboard.press('[')
  await until('a rail', async () => (await side.boundingBox()).width < before / 2)
  await looks(page, 'rail', { widths: [1440] })
  await page.reload()
  await page.locator('[data-phase=connected]').first().waitFor()
  assert.ok((await side.boundingBox()).width < before / 2, 'the rail is remembered')
  await page.keyboard.press('[')

  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await keys.getByText('Go to the runs').waitFor()
  await looks(page, 'keys')
  await keys.getByRole('switch', { name: 'Single keys' }).click()
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await page.keyboard.press('?')
  assert.equal(path(page), '/')
  assert.equal(await keys.count(), 0)
  await page.keyboard.press('Control+k')
  await field(page).waitFor()
  await page.keyboard.press('Escape')
  await told('singleKeys', false)
  await page.getByRole('button', { name: 'Show the keys' }).click()
  await keys.getByRole('switch', { name: 'Single keys' }).click()
  await told('singleKeys', true)
})

test('settings act at once, in other tabs and browsers too, and merge by field', async () => {
  const context = await newContext()
  const page = await open('/settings', { context })
  await looks(page, 'settings')
  const tab = await open('/', { context })
  const scheme = (of) => of.evaluate(() => document.documentElement.dataset.mantineColorScheme)
  await choose(page, 'Dark')
  await until('dark here', async () => (await scheme(page)) === 'dark')
  await until('dark in the other tab', async () => (await scheme(tab)) === 'dark')
  await told('theme', 'dark')

  const other = await open('/settings')
  await until('dark in another browser', async () => (await scheme(other)) === 'dark')
  await choose(other, 'Compact')
  await choose(page, 'As the system')
  await told('density', 'compact')
  await told('theme', 'auto')
  await choose(other, 'Comfortable')
  await told('density', 'comfortable')
})

test('what only this browser keeps can be forgotten, after a question', async () => {
  const page = await open('/settings')
  await page.evaluate(() => localStorage.setItem('farbench.draft.x', '{"text":"half","at":1}'))
  await page.reload()
  await page.getByRole('button', { name: /^Forget what only/ }).click()
  const question = page.getByRole('dialog', { name: /^Forget what only/ })
  await question.getByRole('button', { name: 'Keep it' }).waitFor()
  await looks(page, 'question')
  await page.keyboard.press('Enter') // the safe answer has the focus
  await question.waitFor({ state: 'detached' })
  assert.ok(await page.evaluate(() => localStorage.getItem('farbench.draft.x')))
  await page.getByRole('button', { name: /^Forget what only/ }).click()
  await question.getByRole('button', { name: 'Forget it' }).click()
  await page.getByRole('region', { name: 'Messages' }).getByText('Forgotten').waitFor()
  assert.equal(await page.evaluate(() => localStorage.getItem('farbench.draft.x')), null)
})

test('a lost connection is a bar that counts down, and counts what came meanwhile', async () => {
  const way = await proxy()
  const id = await lab.start('i=1; while true; do echo "line $i"; sleep 0.02; i=$((i + 1)); done')
  const page = await open(`/r/${id}`, { via: way })
  await page.locator('[data-n]:not([hidden])').nth(5).waitFor()
  way.cut()
  await page.getByText('Connection lost.').waitFor()
  await page.getByText(/Data as of \d\d:\d\d:\d\d\. Trying again (in \d+ s|now)\./).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  const lines = (await lab.lines(id)).length
  await until('lines meanwhile', async () => (await lab.lines(id)).length > lines + 20)
  way.mend()
  await page
    .getByRole('button', { name: 'Try now' })
    .click({ timeout: 5000 })
    .catch(() => undefined)
  await page
    .getByText(/^Connected again\. All [\d,]+ lines that came meanwhile are here\.$/)
    .waitFor()
  await lab.cancel(id)
})

test('a browser that keeps nothing: everything works, and a quiet note says so', async () => {
  const context = await newContext()
  await context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    Object.defineProperty(globalThis, 'localStorage', { get: refuse })
    Object.defineProperty(globalThis, 'sessionStorage', { get: refuse })
  })
  const page = await open('/settings', { context })
  await choose(page, 'Compact')
  await page.getByText('This browser keeps nothing for this page.').waitFor()
  await told('density', 'compact')
  await looks(page, 'storage-disabled')
  await find(page, 'demo')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/b/demo')
  await page.goto(new URL('/settings', page.url()).href)
  await page
    .getByRole('radio', { name: 'Compact' })
    .and(page.locator(':checked'))
    .waitFor({ state: 'attached' })
  await choose(page, 'Comfortable')
  await told('density', 'comfortable')
})

test('storage that is full is a quiet note too', async () => {
  const context = await newContext()
  await context.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
  })
  const page = await open('/settings', { context })
  await choose(page, 'Compact')
  await page.getByText('This browser’s storage is full.').waitFor()
  await told('density', 'compact')
  await choose(page, 'Comfortable')
  await told('density', 'comfortable')
})

test('a clock that is off: durations follow the relay, and a note says by how much', async () => {
  const id = await lab.start('sleep 300')
  const context = await newContext()
  await context.clock.install({ time: Date.now() + 3_600_000 })
  await context.clock.resume()
  const page = await open('/', { context })
  await page
    .getByText(/This PC’s clock is 1:00:0\d ahead\./)
    .or(page.getByText(/This PC’s clock is 59:5\d ahead\./))
    .waitFor()
  const side = page.getByRole('navigation', { name: 'Your runs' })
  await side.getByText('sleep 300').first().waitFor()
  const text = () => side.getByRole('link').first().textContent()
  await until('no hour too many', async () => /· 0:[0-5]\d$/.test(await text()))
  await looks(page, 'clock-off', { widths: [1440], schemes: ['light'] })
  await lab.cancel(id)
})

test('an address that is none says so, and what fails leaves the way out', async () => {
  const page = await open('/no/such/page')
  await heading(page, 'There is no such page')
  await looks(page, 'no-such-page')
  await page.getByRole('link', { name: 'Go to the benches' }).click()
  await until('the benches', () => path(page) === '/')

  // The code of a page cannot be fetched: the relay is away, or was renewed.
  const context = await newContext()
  await context.route(/SettingsPage-[^/]*\.js$/, (route) => route.abort())
  const other = await open('/', { context })
  await other.keyboard.press('g')
  await other.keyboard.press('s')
  await other.getByRole('alert').getByText('This page could not be loaded.').waitFor()
  await looks(other, 'page-failed', { widths: [1440] })
  await context.unroute(/SettingsPage-[^/]*\.js$/)
  await other.getByRole('button', { name: 'Reload' }).click()
  await heading(other, 'Settings')
})
