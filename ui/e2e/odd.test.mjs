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
