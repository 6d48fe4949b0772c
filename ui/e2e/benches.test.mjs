// The benches: cards and table, pins, filters, keys, and the ways from here.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks, until } = await desk()
const card = (page, id = lab.bench) => page.locator(`[data-bench="${id}"]`)
const device = (page, id = lab.devices[0]) => page.locator(`[data-device="${id}"]`)

test('a bench shows its devices, and what runs on it now', async () => {
  const page = await open('/')
  await device(page).waitFor()
  const id = await lab.start('echo working; sleep 300')
  await card(page).getByRole('link', { name: 'echo working; sleep 300' }).waitFor()
  await looks(page, 'benches')
  await page.getByRole('button', { name: /^Running/ }).click()
  await page.waitForURL(/state=running/)
  await device(page).waitFor()
  await lab.cancel(id)
  await page.getByText('No bench matches').waitFor()
  await page.getByRole('button', { name: 'Clear state' }).click()
  await device(page).waitFor()
})

test('a device is the way to its workspace, by mouse and by keys', async () => {
  const page = await open('/')
  await device(page).click()
  await page.waitForURL(`**/b/${lab.bench}/${lab.devices[0]}`)
  await page.goBack()
  await device(page).waitFor()
  await page.keyboard.press('k')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/b/${lab.bench}/${lab.devices[1]}`)
})

test('the table is a choice that stays, and a link', async () => {
  const page = await open('/')
  await device(page).waitFor()
  await page.getByText('Table', { exact: true }).click()
  await page.getByRole('columnheader', { name: 'Serial' }).waitFor()
  assert.match(page.url(), /view=table/)
  await looks(page, 'benches-table')
  await page.goto(new URL('/', page.url()).href)
  await page.getByRole('columnheader', { name: 'Serial' }).waitFor()
  await page.getByText('Cards', { exact: true }).click()
  await page.getByRole('columnheader', { name: 'Serial' }).waitFor({ state: 'detached' })
})

test('a pin stays, and comes first', async () => {
  const page = await open('/?view=cards')
  await card(page).getByRole('button', { name: /^Pin/ }).click()
  await page.getByRole('region', { name: 'Pinned' }).locator('[data-bench]').waitFor()
  await page.reload()
  await page.getByRole('region', { name: 'Pinned' }).locator('[data-bench]').waitFor()
  await card(page).getByRole('button', { name: /^Pin/ }).click()
  await page.getByRole('region', { name: 'Pinned' }).waitFor({ state: 'detached' })
})

test('filters stand in the address, and what hides the benches is said', async () => {
  const page = await open('/')
  await device(page).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('no such bench')
  await page.getByText('No bench matches').waitFor()
  await page.waitForURL(/q=no/)
  await page.getByText(/hides 1 bench/).waitFor()
  await looks(page, 'benches-none', { schemes: ['light'] })
  await page.getByRole('button', { name: 'Clear text' }).click()
  await device(page).waitFor()
  await until('a clean address', () => !page.url().includes('q='))
  assert.equal(await page.getByRole('searchbox').inputValue(), '')
})

test('how to add a bench is one click away', async () => {
  const page = await open('/')
  await page.getByRole('button', { name: 'Add bench' }).click()
  await page.getByText(/FARBENCH_BENCH=my-bench/).waitFor()
  await page.getByRole('button', { name: 'Try a simulated bench' }).click()
  await page.getByText(/FARBENCH_ADB=sim/).waitFor()
  await looks(page, 'benches-add', { widths: [1440, 390], schemes: ['dark'] })
})
