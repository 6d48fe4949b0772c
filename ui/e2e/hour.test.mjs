// A tester's hour, from finding a bench to comparing two runs.
import assert from 'node:assert/strict'
import { artifacts } from './harness/browser.mjs'
import { desk } from './harness/desk.mjs'
import { log } from './harness/log.mjs'

const { test, lab, open, newContext, until } = await desk()
const total = 100_000
const second = 70_001
const script = `# the nightly map test
seq 1 29999
echo 'E/nav: first fault: no position'
seq 30001 70000
echo 'E/nav: second fault: no map'
seq 70002 99999
echo "the last night: $(getprop debug.night)"
setprop debug.night stormy`

test("a tester's hour", async () => {
  await seedChecks()
  const context = await newContext()
  let [shot, seen] = [0, undefined] // pictures of what the tester sees, step by step
  const step = async (name, act) => {
    const at = performance.now()
    const answer = await act()
    console.log(`${name}: ${Math.round(performance.now() - at)} ms`)
    await seen.screenshot({ path: `${artifacts}hour-${++shot}.png` })
    return answer
  }
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await open('/', { context })
  seen = page

  await step('finds a bench by Ctrl+K', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find or run' }).fill('sim0001')
    const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option')
    await until('the device to be the first', async () =>
      /sim0001/i.test(await found.first().textContent()),
    )
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/b\/demo\/sim0001/)
  })

  await step('runs the version check', async () => {
    await page.getByRole('button', { name: 'Run Version check' }).click()
    await page.getByText(', as expected').waitFor()
  })

  const first = await lab.exec(script)
  const id = await step('runs a script', async () => {
    await page
      .getByRole('button', { name: /^Script/ })
      .first()
      .click()
    const editor = page.locator('.cm-content')
    await editor.click()
    await page.keyboard.insertText(script)
    await page.keyboard.press('Control+Enter')
    return until('the run', async () => {
      const { runs } = await lab.get('/api/v1/runs?device=sim0001&limit=5')
      return runs.find((run) => run.id !== first && run.command.startsWith('# the nightly'))?.id
    })
  })

  await step(`watches ${total} lines`, async () => {
    await page.goto(new URL(`/r/${id}`, page.url()).href)
    await page.getByText('Exited 0').first().waitFor({ timeout: 60_000 })
    await page.getByText('100,000').first().waitFor()
    await until('the last line', async () => /night: stormy/.test(await log(page).textContent()))
  })

  await step('finds the second error', async () => {
    await log(page).press('Home')
    await page.keyboard.press('e')
    await page.keyboard.press('e')
    await page.waitForURL((url) => url.searchParams.get('L') === String(second))
    await shows(page)
  })

  await step('shares the link, which opens at that very line', async () => {
    await page.keyboard.press('y')
    const link = await until('a link', () => page.evaluate(() => navigator.clipboard.readText()))
    assert.equal(new URL(link).searchParams.get('L'), String(second))
    const other = await open(link.slice(new URL(link).origin.length))
    seen = other
    await shows(other)
    const selected = other.locator('[data-n][aria-selected=true]')
    assert.equal(await selected.getAttribute('data-n'), String(second))
  })

  await step('compares with the previous run', async () => {
    seen = page
    await page.getByRole('button', { name: 'Compare…' }).click()
    await page.getByRole('menuitem').first().click()
    await page.waitForURL((url) => url.pathname === `/r/${first}..${id}`)
    await page.getByText('1 difference').first().waitFor()
    await page.getByText('stormy').first().waitFor()
  })
})

const shows = (page) =>
  until('the second error', async () => {
    const row = page.locator(`[data-n="${second}"]`)
    return (await row.isVisible()) && /second fault: no map/.test(await row.textContent())
  })

async function seedChecks() {
  const { revision, commands } = await lab.get('/api/v1/checks')
  const build = (await lab.lines(await lab.exec('getprop ro.build.version.incremental')))[0]
  const checks = [
    {
      id: 'version',
      label: 'Version check',
      command: 'getprop ro.build.version.incremental',
      pattern: '^(?<version>\\S+)$',
      expect: { is: build },
    },
  ]
  const { status, body } = await lab.ask('PUT', '/api/v1/checks', { revision, checks, commands })
  assert.equal(status, 200, JSON.stringify(body))
}
