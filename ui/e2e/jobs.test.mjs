// Work that goes on beside requests: begun, seen by others, ended, and what it
// found; and what holds for the whole lab. By keyboard where one would.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks, until } = await desk()

const button = (page, name) => page.getByRole('button', { name })
const card = (page, title) => page.getByRole('article', { name: title })
const field = (page) => page.getByRole('searchbox', { name: /^Find a text/ })

test('a text is found in all stored runs, and leads to its line', async () => {
  const id = await lab.exec('echo hay; echo "a Needle <b>in</b> hay"; seq 1 40')
  await lab.exec('echo nothing here', { device: lab.devices[1] })
  const page = await open('/runs', { name: 'Ada' })
  const other = await open('/jobs', { name: 'Grace' })
  await other.getByText('Nothing was begun').waitFor()
  await page.getByRole('link', { name: 'Search all lines' }).click()
  await field(page).fill('NEEDLE')
  await page.keyboard.press('Enter')
  const done = card(page, 'Search for “NEEDLE”')
  await button(done, /^Hide 1 hit in 1 of \d+ runs/).waitFor()
  await done.getByText('begun by you').waitFor()
  await looks(page, 'jobs-found')

  // Others see it, and open what it found.
  const seen = card(other, 'Search for “NEEDLE”')
  await seen.getByText('begun by Ada', { exact: false }).waitFor()
  await seen.getByText('Done').waitFor()
  await button(seen, /^Show 1 hit/).press('Enter')
  const line = seen.getByRole('link', { name: /^Line 2/ })
  assert.equal(await line.locator('mark').textContent(), 'Needle')
  assert.equal(await line.locator('b').count(), 0)
  await line.press('Enter')
  await other.waitForURL(new RegExp(`/r/${id}\\?.*L=2`))
  await until(
    'the line',
    async () => (await other.locator('[data-n="2"][aria-selected=true]').count()) === 1,
  )

  // It stands there after a reload, with what it found.
  await page.reload()
  await button(card(page, 'Search for “NEEDLE”'), /^Hide 1 hit/).waitFor()
  await card(page, 'Search for “NEEDLE”')
    .getByRole('link', { name: /^Line 2/ })
    .waitFor()
})

test('of one bench, without a hit, and once more', async () => {
  const page = await open(`/jobs?bench=${lab.bench}`)
  await field(page).fill('no such words')
  await page.getByRole('combobox', { name: 'Of which bench' }).selectOption('demo')
  await page.getByRole('button', { name: 'Search', exact: true }).press('Enter')
  const none = card(page, 'Search for “no such words” on demo')
  await none.getByText(/^Nothing found in \d+ runs?$/).waitFor()
  await none.getByText('of demo', { exact: false }).waitFor()
  await button(none, 'Search again').press('Enter')
  await until(
    'the words stand in the field',
    async () => (await field(page).inputValue()) === 'no such words',
  )
  assert.equal(await field(page).evaluate((e) => e === document.activeElement), true)
})

test('what is refused says why', async () => {
  const page = await open('/jobs')
  await field(page).fill('a\u202eb')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'search for what stands beside it' }).waitFor()
  await looks(page, 'jobs-refused', { isBrief: true })
})

test('whether a free device must be reserved first is set for everybody', async () => {
  const page = await open('/settings', { name: 'Mina' })
  const other = await open('/lab', { name: 'Otto' })
  await page.getByRole('link', { name: 'Lab settings' }).click()
  const radio = (on, name) => on.getByRole('radio', { name })
  await radio(page, /^Anyone may use it/).focus()
  await looks(page, 'lab-settings', { isBrief: true })
  await page.keyboard.press('ArrowDown')
  await until('the other is chosen', () => radio(page, /^Reserve it first/).isChecked())
  await page.keyboard.press('Enter')
  const holds = (on) => on.getByText('It holds from now on', { exact: false })
  await holds(page).waitFor()

  const bench = await open(`/b/${lab.bench}/${lab.devices[0]}`, { context: page.context() })
  await bench.getByRole('combobox', { name: 'Command' }).fill('echo free')
  await bench.keyboard.press('Enter')
  const refusal = bench.getByRole('alert').filter({ hasText: 'was not sent' })
  await button(refusal, /^Reserve/)
    .first()
    .waitFor()
  await looks(bench, 'lab-reserve-first', { isBrief: true })
  await button(refusal, /^Reserve/)
    .first()
    .press('Enter')
  await bench.locator('[data-stand=mine]').waitFor()
  await bench.getByRole('button', { name: 'Release', exact: true }).press('Enter')
  await bench.locator('[data-stand=free]').waitFor()

  await radio(page, /^Reserve it first/).press('ArrowUp')
  await page.keyboard.press('Enter')
  await until('it is free again', async () => {
    const { unreserved } = await lab.get('/api/v1/lab')
    return unreserved === 'anyone'
  })

  // Who read it before all that overwrites nothing, is told, and sees how it stands.
  await radio(other, /^Reserve it first/).check()
  await button(other, 'Save for everybody').click()
  await other.getByText('Somebody else changed it meanwhile', { exact: false }).waitFor()
  assert.equal(await radio(other, /^Anyone may use it/).isChecked(), true)
  await looks(other, 'lab-moved', { isBrief: true })
})
