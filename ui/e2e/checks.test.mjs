// The editor of the lab's checks and saved commands.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, newContext, looks, until } = await desk()
const save = (page) => page.getByRole('button', { name: /^Save \d/ })
const name = (page) => page.getByRole('textbox', { name: 'Name' })

test('a check is added, tried on a text, refused without a group, and saved', async () => {
  const page = await open('/checks')
  await page.getByRole('button', { name: 'Add a check' }).click()
  await name(page).fill('Kernel')
  await page.getByRole('textbox', { name: 'Command' }).fill('uname -r')
  const pattern = page.getByRole('textbox', { name: 'Pattern' })
  await pattern.fill('\\S+')
  await save(page).click()
  await page.getByRole('alert').waitFor()
  await page
    .getByText(/named group/i)
    .last()
    .waitFor()
  await until(
    'the mistake at its field',
    async () => (await pattern.getAttribute('aria-invalid')) === 'true',
  )
  await looks(page, 'checks-refused')
  await pattern.fill('^(?<version>\\d+\\.\\d+)')
  await page.getByRole('textbox', { name: 'Try it on a text' }).fill('6.1.75-android14')
  await page.getByText('passes').waitFor()
  await page.getByRole('textbox', { name: 'Try it on a text' }).fill('none')
  await page.getByText('No line matches').waitFor()
  await pattern.fill('(?=ahead)(?<v>a)')
  await page.getByText('RE2 looks neither ahead nor behind').waitFor()
  await pattern.fill('^(?<version>\\d+\\.\\d+)')
  await save(page).click()
  await page.getByRole('button', { name: 'Saved', exact: true }).waitFor()
  const { checks } = await lab.get('/api/v1/checks')
  assert.equal(checks.find((c) => c.id === 'kernel')?.command, 'uname -r')
  await looks(page, 'checks')
})

test('what was not saved survives a reload, and can be thrown away', async () => {
  const page = await open('/checks')
  await page.getByRole('button', { name: /^Kernel/ }).click()
  await name(page).fill('Kernel release')
  await page.reload()
  await until('the edit', async () => (await name(page).inputValue()) === 'Kernel release')
  await page.getByRole('button', { name: 'Discard' }).click()
  await until('the old name', async () => (await name(page).inputValue()) === 'Kernel')
})

test('an entry that was removed comes back by Undo', async () => {
  const page = await open('/checks')
  await page.getByRole('button', { name: /^Kernel/ }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: /^Kernel/ }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: /^Kernel/ }).waitFor()
  assert.equal(await save(page).count(), 0)
})

test('two tabs edit the checks: different entries join, the same one is asked about', async () => {
  const [one, other] = [await newContext(), await newContext()]
  const mine = await open('/checks', { context: one })
  const theirs = await open('/checks', { context: other })
  for (const page of [mine, theirs]) await page.getByRole('button', { name: /^Kernel/ }).click()
  await name(theirs).fill('Kernel, theirs')
  await save(theirs).click()
  await theirs.getByRole('button', { name: 'Saved', exact: true }).waitFor()

  await name(mine).fill('Kernel, mine')
  await mine.getByRole('button', { name: 'Add a command' }).click()
  await name(mine).fill('Uptime')
  await mine.getByRole('textbox', { name: 'Command' }).fill('uptime')
  await save(mine).click()
  const asked = mine.getByRole('region', { name: 'Changed by somebody else too' })
  await asked.getByText('Kernel, mine').waitFor()
  await asked.getByText('Kernel, theirs').waitFor()
  await looks(mine, 'checks-conflict')
  await asked.getByRole('button', { name: 'Keep mine' }).click()
  await save(mine).click()
  await mine.getByRole('button', { name: 'Saved', exact: true }).waitFor()
  const { checks, commands } = await lab.get('/api/v1/checks')
  assert.equal(checks.find((c) => c.id === 'kernel')?.label, 'Kernel, mine')
  assert.equal(commands.find((c) => c.id === 'uptime')?.command, 'uptime')
})

test('a command of a run becomes a saved command, and a check', async () => {
  await lab.exec('cat /proc/version')
  const page = await open('/b/demo/sim0001')
  const block = page.getByRole('article', { name: 'cat /proc/version' })
  await block.getByRole('button', { name: 'More of this run' }).click()
  await page.getByRole('menuitem', { name: 'Save command…' }).click()
  await page.waitForURL(/\/checks/)
  const command = page.getByRole('textbox', { name: 'Command' })
  await until('the command', async () => (await command.inputValue()) === 'cat /proc/version')
  await page.getByRole('button', { name: 'Make a check of it' }).click()
  await page.getByRole('textbox', { name: 'Pattern' }).fill('(?<v>\\d+\\.\\d+)')
  await save(page).click()
  await page.getByRole('button', { name: 'Saved', exact: true }).waitFor()
  const { checks } = await lab.get('/api/v1/checks')
  assert.ok(checks.some((c) => c.command === 'cat /proc/version'))
})
