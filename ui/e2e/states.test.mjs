// Benches in every state: what is the matter, what to do about it, and finding
// those that need somebody.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, until } = await desk({ mock: 'states' })
const card = (page, id) => page.locator(`article[data-bench="${id}"]`)
const shown = (page) =>
  page.locator('article[data-bench]').evaluateAll((all) => all.map((one) => one.dataset.bench))

test('a bench tells its state, the reason and the remedy', async () => {
  const page = await open('/')
  const unauthorized = card(page, 'cluster-01').locator('[data-device=ic4c2440a0102]')
  await unauthorized.getByText('unauthorized').waitFor()
  await unauthorized.getByText('Accept the key prompt on the head unit').waitFor()
  await card(page, 'cluster-01').getByText('Slow, 96 ms').waitFor()
  await card(page, 'proto-c2').getByText('Very slow, 340 ms').waitFor()
  await card(page, 'rack-b4')
    .getByText(/as of /)
    .waitFor()
  await card(page, 'rack-b4').getByText('Check its power and network.').waitFor()
  // Two runs go on there; which of them began last is the mock's chance.
  await card(page, 'hil-07')
    .getByRole('link', { name: /logcat -b .*\+1/ })
    .waitFor()
  await card(page, 'empty-1').getByText('Connect one by USB').waitFor()
  await card(page, 'boot-1').getByText('it is still yours').waitFor()
  await card(page, 'lab-3').getByText('adb restarting').waitFor()
  await card(page, 'lab-3').getByText('taken back by itself').waitFor()
  await card(page, 'lab-3').getByText('not answering').waitFor()
  await card(page, 'lab-3').getByText('power-cycle it at the bench').waitFor()
})

test('state, model and label stand in the address, and go with Back', async () => {
  const page = await open('/')
  await card(page, 'hil-07').waitFor()
  await page.getByRole('button', { name: 'Needs attention 3' }).click()
  await page.waitForURL(/state=attention/)
  await until(
    'three benches',
    async () => (await shown(page)).join() === 'cluster-01,lab-3,proto-c2',
  )
  await page.getByRole('button', { name: 'Label' }).click()
  await page.getByRole('option', { name: 'pune' }).click()
  await page.waitForURL(/label=pune/)
  await until('one bench', async () => (await shown(page)).join() === 'cluster-01')

  const other = await open('/?model=HU5%20Low')
  await until('the model’s bench', async () => (await shown(other)).join() === 'cluster-01')
  await other.getByRole('button', { name: 'Clear model' }).click()
  await until('all benches', async () => (await shown(other)).length === 8)
})

test('what is pinned comes first; the rest stay in their order', async () => {
  const page = await open('/')
  await card(page, 'rack-b4').getByRole('button', { name: 'Pin rack-b4' }).click()
  await until('it first', async () => (await shown(page))[0] === 'rack-b4')
  assert.deepEqual((await shown(page)).slice(1), [
    'audio-2',
    'boot-1',
    'cluster-01',
    'empty-1',
    'hil-07',
    'lab-3',
    'proto-c2',
  ])
  await page.getByRole('navigation', { name: 'Pinned' }).getByRole('link').first().waitFor()
})
