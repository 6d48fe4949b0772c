// Work on one device: commands, their history, scripts, questions before what
// is destructive, checks, properties; addresses that lead nowhere.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks, until, proxy } = await desk()
const path = '/b/demo/sim0001'
const field = (page) => page.getByRole('combobox', { name: 'Command' })
const blocks = (page) => page.locator('article[data-run]')
const block = (page, name) => page.getByRole('article', { name, exact: true }).last()
const run = async (page, command) => {
  await field(page).fill(command)
  await page.keyboard.press('Enter')
}
const runs = async () => (await lab.get('/api/v1/runs?device=sim0001&limit=500')).runs

test('a command becomes a block with its output, its exit code and its duration', async () => {
  const page = await open(path)
  await page.getByRole('heading', { name: 'demo' }).waitFor()
  await page.keyboard.press(':')
  await page.keyboard.type('echo one; echo E/two: sorry >&2; exit 7')
  await page.keyboard.press('Enter')
  const one = block(page, 'echo one; echo E/two: sorry >&2; exit 7')
  await one.getByText('exit 7', { exact: true }).waitFor()
  await one.getByText('E/two: sorry', { exact: true }).waitFor()
  await one.getByText('err', { exact: true }).waitFor()
  assert.equal(await field(page).inputValue(), '', 'what was sent is gone from the field')
  await one.getByRole('button', { name: /^Fold/ }).click()
  await until('the fold', async () => (await one.locator('section').count()) === 0)
  await one
    .locator('code')
    .getByText(/^(one|E\/two: sorry)$/)
    .waitFor()

  const before = (await runs()).length
  await one.hover()
  await one.getByRole('button', { name: 'Run again' }).click()
  await until('a second run', async () => (await runs()).length === before + 1)
  await until('its block', async () => (await blocks(page).count()) >= 2)
  await looks(page, 'workspace')
})

test('a run that goes on shows its log, and can be cancelled', async () => {
  const page = await open(path)
  await run(page, 'i=1; while true; do echo "I/tick: $i"; sleep 0.1; i=$((i + 1)); done')
  await page.getByText('I/tick: 3').waitFor()
  const live = blocks(page).last()
  await until('how many lines', async () => /\d+ lines/.test(await live.textContent()))
  await live.getByRole('button', { name: 'Following' }).click()
  await live.getByRole('button', { name: /^\d+ new$/ }).click()
  await live.getByRole('button', { name: 'Following' }).waitFor()
  await looks(page, 'workspace-running')
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await blocks(page).last().getByText('Cancelled').waitFor()
})

test('history is one arrow away, filled in by Tab, repeated by Enter', async () => {
  await lab.exec('echo first of history')
  await lab.exec('echo second of history')
  const page = await open(path)
  await field(page).focus()
  await page.keyboard.press('ArrowUp')
  await until(
    'the newest',
    async () => (await field(page).inputValue()) === 'echo second of history',
  )
  await page.keyboard.press('ArrowUp')
  assert.equal(await field(page).inputValue(), 'echo first of history')
  await page.keyboard.press('Escape')
  assert.equal(await field(page).inputValue(), '', 'Escape gives back what was typed')
  await field(page).fill('first his')
  await page.getByRole('option', { name: /echo first of history/ }).waitFor()
  await looks(page, 'workspace-history')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Tab')
  assert.equal(await field(page).inputValue(), 'echo first of history')
  const before = (await runs()).length
  await page.keyboard.press('Enter')
  await until('the run', async () => (await runs()).length === before + 1)
})

test('what looks destructive asks first, and only that', async () => {
  const page = await open(path)
  const before = (await runs()).length
  await run(page, 'reboot')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Reboot sim0001 on demo?').waitFor()
  await looks(page, 'workspace-confirm')
  await page.keyboard.press('Enter') // the safe answer has the focus
  await dialog.waitFor({ state: 'detached' })
  assert.equal((await runs()).length, before)
  assert.equal(await field(page).inputValue(), 'reboot', 'what was typed is still there')

  await run(page, 'echo "rm -rf /data"')
  await block(page, 'echo "rm -rf /data"').getByText('exit 0').waitFor()
  assert.equal(await dialog.count(), 0)
  await run(page, "sh -c 'rm -rf /data/nothing-here'")
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await block(page, "sh -c 'rm -rf /data/nothing-here'").getByText('exit 0').waitFor()
})

test('lines that are pasted become a script; it survives a reload and runs by Ctrl+Enter', async () => {
  const page = await open(path)
  await field(page).focus()
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', 'for i in 1 2 3; do\n  echo "line $i"\ndone\n')
    document.activeElement.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    )
  })
  await page.getByRole('button', { name: 'Edit as script' }).click()
  const editor = page.getByRole('textbox', { name: 'Script for sim0001' })
  await editor.waitFor()
  await until('the text is kept', () =>
    page.evaluate(() => JSON.stringify(localStorage).includes('line $i')),
  )
  await looks(page, 'workspace-script')
  await page.reload()
  await editor.getByText('done').waitFor()
  await editor.press('Control+Enter')
  const one = blocks(page).last()
  await one.getByText('line 3', { exact: true }).waitFor()
  await field(page).waitFor()
})

test('what cannot be sent says so, stays, and is never sent later', async () => {
  const way = await proxy()
  const page = await open(path, { via: way })
  await field(page).fill('echo never sent by itself')
  const before = (await runs()).length
  way.cut()
  await page.getByText('Connection lost.').waitFor()
  await page.locator('header').getByText('as of').waitFor()
  await field(page).press('Enter')
  await page.getByRole('alert').getByText('Not connected').waitFor()
  await page.getByText('Not sent', { exact: true }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  await looks(page, 'workspace-lost', { widths: [1440, 390] })
  way.mend()
  await page.getByText('Connected again.').waitFor({ timeout: 30_000 })
  assert.equal(await field(page).inputValue(), 'echo never sent by itself')
  await page.reload()
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  assert.equal(await field(page).inputValue(), 'echo never sent by itself')
  assert.equal((await runs()).length, before, 'nothing was replayed')
  await field(page).press('Enter')
  await block(page, 'echo never sent by itself').getByText('exit 0').waitFor()
})

test('a check is run, says what it found, and stays told after a reload', async () => {
  const page = await open(path)
  const all = await lab.get('/api/v1/checks')
  const check = all.checks.find((c) => c.command.includes('ro.build.version.release'))
  const its = page.locator(`[data-check="${check.id}"]`)
  await its.getByText('Not run yet').waitFor()
  await its.getByRole('button').click()
  await its.getByRole('img', { name: 'Passed' }).waitFor()
  const one = block(page, check.label)
  await one.getByText('Matched').waitFor()
  await looks(page, 'workspace-check')
  await page.reload()
  await its.getByRole('img', { name: 'Passed' }).waitFor()
  await page.getByRole('button', { name: 'Run all' }).click()
  await until('every check told', async () => (await page.getByText('Not run yet').count()) === 0)
})

test('properties are read from the device, searched by name and value', async () => {
  const page = await open(path)
  const panel = page.getByRole('region', { name: 'Properties' })
  await panel.getByRole('button', { name: 'Read all properties' }).click()
  await panel.getByText(/^read \d\d:\d\d:\d\d/).waitFor()
  await panel.getByRole('textbox').fill('serialno')
  await panel.getByText('ro.serialno').waitFor()
  await until('the others are gone', async () => (await panel.locator('code').count()) <= 6)
})

test('devices are tabs and keys; below 1200 px the side is a drawer', async () => {
  const page = await open('/b/demo', { width: 1024 })
  await page.getByRole('link', { name: /Farbench HU/ }).waitFor()
  await page.keyboard.press('2')
  await page.waitForURL(/\/b\/demo\/sim0002-5555$/)
  await page.getByRole('button', { name: 'Checks', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Checks and properties' })
  await drawer.getByRole('heading', { name: 'Properties' }).waitFor()
  await looks(page, 'workspace-drawer', { widths: [1024, 390] })
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
})

test('an address that leads nowhere offers what may be meant', async () => {
  const page = await open('/b/dmo/sim0001')
  await page.getByRole('heading', { name: 'There is no bench dmo' }).waitFor()
  await looks(page, 'workspace-no-bench')
  await page.getByRole('link', { name: 'demo' }).click()
  await page.waitForURL(/\/b\/demo$/)
  await page.goto(new URL('/b/demo/sim0009', page.url()).href)
  await page.getByRole('heading', { name: 'There is no device sim0009 on demo' }).waitFor()
  await looks(page, 'workspace-no-device')
})
