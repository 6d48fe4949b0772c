// What a page meets that is nobody's fault on it: a relay that was renewed, a
// browser that keeps nothing, a clock that is off.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, relay, open, newContext, looks, until } = await desk({ mock: 'states' })

test('a relay that speaks a newer protocol asks for a reload and takes nothing away', async () => {
  const page = await open('/b/hil-07/hu5h2446a0131')
  const field = page.getByRole('combobox', { name: 'Command' })
  await field.fill('echo half a thought')
  await relay.restart({ MOCK_PROTOCOL: '2' }) // it closes with 4502
  await page.getByText('This relay speaks a newer version.').waitFor()
  await page.getByRole('heading', { name: 'hil-07' }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0, 'a refusal is no dialog')
  assert.equal(await field.inputValue(), 'echo half a thought')
  await looks(page, 'newer-relay')
  await relay.restart({})
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  assert.equal(await field.inputValue(), 'echo half a thought', 'a draft survives a reload')
})

const storages = {
  full: () => {
    const no = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    Storage.prototype.setItem = no
  },
  disabled: () => {
    const get = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(globalThis, name, { get })
    }
  },
}

for (const [word, spoil] of Object.entries(storages)) {
  test(`with storage that is ${word} everything works`, async () => {
    const context = await newContext()
    await context.addInitScript(spoil)
    for (const path of [
      '/',
      '/b/hil-07/hu5h2446a0131',
      '/r/r-live',
      '/runs',
      '/r/r-fail..r-lost',
      '/checks',
      '/settings',
    ]) {
      const page = await open(path, { context })
      await until('the screen', async () => (await page.locator('main').textContent())?.trim())
      await page.close()
    }
    const page = await open('/b/hil-07/hu5h2446a0131', { context })
    const field = page.getByRole('combobox', { name: 'Command' })
    await field.fill('echo still works')
    await field.press('Enter')
    await page.locator('main').getByText('echo still works').first().waitFor()
    await page
      .getByText(/until the page is closed/)
      .first()
      .waitFor()
    await looks(page, `storage-${word}`)
  })
}

for (const hours of [3, -3]) {
  test(`with a clock that is ${hours} h off durations follow the relay's`, async () => {
    const context = await newContext()
    await context.clock.install({ time: Date.now() + hours * 3_600_000 })
    const page = await open('/r/r-live', { context })
    await page
      .getByText(/clock is 2:59:5\d|clock is 3:00:0\d/)
      .first()
      .waitFor()
    const facts = await page.locator('main').textContent()
    assert.ok(
      !/[23]:\d\d:\d\d(?!\.)/.test(facts?.match(/Duration\s*([\d:. hms]+)/)?.[1] ?? ''),
      facts ?? '',
    )
    await looks(page, `clock-${hours}`, { isBrief: true })
  })
}

test('a link to a line that is no longer kept says so, and leads to the nearest', async () => {
  const page = await open('/r/r-trimmed?L=12')
  await page.getByText('Line 12 is not kept. Older than this relay keeps.').waitFor()
  await page.getByText('399 lines lost').first().waitFor()
  assert.match(page.url(), /L=12$/, 'the link stays what it was')
  await page.getByRole('button', { name: 'Go to the nearest, 400' }).click()
  await page.waitForURL(/L=400$/)
  await page.getByRole('option', { name: /^400/, selected: true }).waitFor()
  await page.goto(new URL('/r/r-trimmed?L=9999', page.url()).href)
  await page.getByText('The run has 500 lines.').waitFor()
  await page.getByRole('button', { name: 'Go to the last' }).click()
  await page.waitForURL(/L=500$/)
})

test('a link to a bench that was renamed leads to where its devices are now', async () => {
  const context = await newContext()
  const page = await open('/b/hil-07/hu5h2446a0131', { context })
  await page.getByRole('heading', { name: 'hil-07' }).waitFor()
  await relay.restart({ MOCK_RENAMED: 'hil-07=gothenburg-2' })
  await page.reload()
  await page.getByRole('heading', { name: 'There is no bench hil-07' }).waitFor()
  await page.getByText('It was probably renamed: gothenburg-2 has its devices now.').waitFor()
  await looks(page, 'bench-renamed', { isBrief: true })
  await page.getByRole('link', { name: 'gothenburg-2' }).first().click()
  await page.getByRole('heading', { name: 'gothenburg-2' }).waitFor()
  await relay.restart({})
})
