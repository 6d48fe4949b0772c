// Lines that are not there are told in their place: lost ones, ones that can
// still be loaded, ones that are no longer kept; and a page that fell behind.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { log, newest } from './harness/log.mjs'

const { test, open, looks, until } = await desk({ mock: 'states' })
const row = (page, n) => log(page).locator(`[data-n="${n}"]:not([hidden])`)
const chosen = (page) => log(page).locator('[data-n][aria-selected=true]:not([hidden])')

test('lost lines are counted where they would be, with the reason', async () => {
  const page = await open('/r/r-live?L=121')
  await until('the gap', async () => (await row(page, 121).count()) === 1)
  const said = await row(page, 121).textContent()
  assert.match(said, /1,204 lines lost/)
  assert.match(said, /121 to 1,324\./)
  assert.match(said, /The spool on hil-07 was full from 10:14:09 to 10:14:30/)
  assert.equal(await row(page, 121).getByText('Load').count(), 0, 'nothing to load is offered')
  await page.getByText('1,204 lines lost').last().waitFor()
  await until('its neighbours', async () => {
    const [before, after] = [row(page, 120), row(page, 1325)]
    return (await before.count()) === 1 && (await after.count()) === 1
  })
  await looks(page, 'run-gap')
})

test('lines that were not received are loaded, by click or by Enter', async () => {
  for (const way of ['click', 'Enter']) {
    const page = await open('/r/r-holes?L=61')
    await until('the gap', async () =>
      /40 lines not received/.test(await row(page, 61).textContent()),
    )
    assert.match(await row(page, 61).textContent(), /61 to 100\./)
    if (way === 'click') {
      await looks(page, 'run-hole', { isBrief: true })
      await row(page, 61).getByText('Load').click()
    } else {
      await chosen(page).waitFor()
      await log(page).press('Enter')
    }
    await until('the lines', async () => {
      const text = await row(page, 61).textContent()
      return !/not received/.test(text) && (await row(page, 62).count()) === 1
    })
    await log(page).press('End')
    await until('the end', async () => (await newest(page)) === 160)
  }
})

test('a link to a line that is no longer kept says so, and leads to the nearest', async () => {
  const page = await open('/r/r-trimmed?L=12')
  await page.getByText('Line 12 is not kept. Older than this relay keeps').waitFor()
  await page.getByText('The first lines are no longer kept.').waitFor()
  await looks(page, 'run-trimmed', { isBrief: true })
  await page.getByRole('button', { name: 'Go to the nearest, 400' }).click()
  await until('line 400', async () => (await chosen(page).getAttribute('data-n')) === '400')
})

test('a page that fell behind says so, and misses nothing', async () => {
  const page = await open('/r/r-behind')
  await page.getByText('Catching up.').waitFor()
  await until('its lines', async () => (await newest(page)) === 200)
  await looks(page, 'run-behind', { isBrief: true })
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await page.getByText('Catching up.').waitFor({ state: 'detached' })
})
