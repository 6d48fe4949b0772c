// The list of runs: found, live, chosen columns, run again, compared.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks, until } = await desk()
const rows = (page) => page.locator('[data-run]')
const row = (page, id) => page.locator(`[data-run="${id}"]`)
const seeded = await lab.seed()

test('runs are listed by day, what went wrong stands out, and a row opens its run', async () => {
  const page = await open('/runs')
  await row(page, seeded.passed).waitFor()
  await page.getByRole('rowheader', { name: /^Today/ }).waitFor()
  await row(page, seeded.failed).getByText('Exited 7').waitFor()
  await row(page, seeded.cancelled).getByText('Cancelled').waitFor()
  await looks(page, 'runs')
  await row(page, seeded.passed).getByRole('link').click()
  await page.waitForURL(`**/r/${seeded.passed}`)
})

test('filters stand in the address, and what does not match stays away', async () => {
  const page = await open('/runs')
  await row(page, seeded.passed).waitFor()
  await page.getByRole('button', { name: 'Outcome' }).click()
  await page.getByRole('option', { name: 'Cancelled' }).click()
  await page.waitForURL(/outcome=cancelled/)
  await until('one run', async () => (await rows(page).count()) === 1)
  await lab.exec('echo not cancelled')
  assert.equal(await rows(page).count(), 1)

  const second = await open('/runs?outcome=cancelled&q=sleep')
  await row(second, seeded.cancelled).waitFor()
  await second.getByRole('searchbox').fill('no such command')
  await second.getByRole('heading', { name: 'No run matches' }).waitFor()
  await looks(second, 'runs-none', { widths: [1440, 390], schemes: ['light'] })
  await second.getByRole('button', { name: 'Clear filters' }).click()
  await row(second, seeded.passed).waitFor()
})

test('new runs come in at the top, unless live is off', async () => {
  const page = await open('/runs')
  await row(page, seeded.passed).waitFor()
  const id = await lab.exec('echo came live')
  await until(
    'it at the top',
    async () => (await rows(page).first().getAttribute('data-run')) === id,
  )
  await page.getByRole('button', { name: 'Live' }).click()
  const late = await lab.exec('echo came late')
  const held = page.getByRole('button', { name: '1 new' })
  await held.waitFor()
  assert.equal(await row(page, late).count(), 0)
  await held.click()
  await row(page, late).waitFor()
})

test('a run is run again, with its whole command', async () => {
  const long = `echo ${'x'.repeat(300)} the end`
  const id = await lab.exec(long)
  const page = await open('/runs')
  await row(page, id).hover()
  await row(page, id)
    .getByRole('button', { name: /^Run again/ })
    .click()
  await page.getByRole('button', { name: 'Open run' }).click()
  await page.waitForURL((url) => url.pathname.startsWith('/r/r'))
  const again = await lab.run(new URL(page.url()).pathname.split('/').at(-1))
  assert.equal(again.command, long)
})

test('a check is listed by what it found, not by its exit code', async () => {
  const { body } = await lab.ask('GET', '/api/v1/checks')
  const check = {
    id: 'dcm',
    label: 'DCM version',
    command: 'echo DCM 24.2',
    pattern: 'DCM (?<v>.+)',
  }
  const checks = [...body.checks, { ...check, expect: { is: '24.3' } }]
  assert.equal((await lab.ask('PUT', '/api/v1/checks', { ...body, checks })).status, 200)
  const failed = await lab.exec(undefined, { check: 'dcm' })
  const passed = await lab.exec(undefined, { check: 'booted' })
  const page = await open('/runs')
  await row(page, failed).getByText('Failed').waitFor()
  await row(page, failed).getByText('24.2, expected 24.3').waitFor()
  await row(page, passed).getByText('Passed').waitFor()
})

test('two selected runs are compared, the older at the left', async () => {
  const older = await lab.exec('echo 1')
  const newer = await lab.exec('echo 2')
  const page = await open('/runs')
  await row(page, newer).getByRole('checkbox').check()
  await row(page, older).getByRole('checkbox').check()
  await page.getByText('2 runs selected').waitFor()
  await looks(page, 'runs-selected', { schemes: ['dark'] })
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.waitForURL(`**/r/${older}..${newer}`)
  await page.getByText('1 difference', { exact: true }).waitFor()
})

test('keys move, select, compare and filter', async () => {
  await lab.exec('echo by keys')
  const page = await open('/runs')
  await rows(page).first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByText('2 runs selected').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('2 runs selected').waitFor({ state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('by keys')
  await page.waitForURL(/q=by/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/r\//)
})

test('columns are chosen and kept', async () => {
  const page = await open('/runs')
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Run id' }).click()
  await page.getByRole('columnheader', { name: 'Run id' }).waitFor()
  await page.reload()
  await page.getByRole('columnheader', { name: 'Run id' }).waitFor()
})

test('two hundred and fifty runs: older ones are loaded when asked for', async () => {
  for (let n = 0; n < 25; n++) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => lab.start(`echo many ${n * 10 + i}`)))
  }
  const page = await open('/runs?q=echo%20many')
  const shown = page.getByText(/\d+ runs shown/)
  await until('the first page', async () => /^\d+ runs shown/.test(await shown.textContent()))
  assert.ok((await rows(page).count()) < 80, 'rows out of sight are drawn')
  const older = page.getByRole('button', { name: 'Load older runs' })
  while ((await older.count()) > 0) {
    const before = await shown.textContent()
    await older.click()
    await until('more', async () => (await shown.textContent()) !== before)
  }
  assert.equal(await shown.textContent(), '250 runs shown')
})

test('rows are lower in compact density, and none is skipped', async () => {
  const page = await open('/settings')
  await page.getByText('Compact', { exact: true }).click()
  await page.getByRole('link', { name: /^Runs/ }).click()
  await rows(page).first().waitFor()
  const heights = await rows(page).evaluateAll((all) =>
    all.slice(0, 9).map((one) => one.getBoundingClientRect().height),
  )
  assert.deepEqual([...new Set(heights)], [28])
  await looks(page, 'runs-compact', { widths: [1440], schemes: ['dark'] })
  await page.goto(new URL('/settings', page.url()).href)
  await page.getByText('Comfortable', { exact: true }).click()
})
