// The link is cut for a minute while a tester has every screen open: a bar and
// "as of", never a dialog; what was typed stays and is not sent; afterwards
// every line is there. The same where WebSockets are blocked.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allLines, newest } from './harness/log.mjs'

const { test, lab, open, newContext, until, proxy } = await desk()
const away = 60_000
const backWithin = 12_000 // one wait of up to 5 s, and the way itself, on a slow machine
const ticking = 'i=1; while true; do echo "tick $i"; sleep 0.05; i=$((i + 1)); done'
const unsent = 'echo typed while nobody listened'

for (const blocked of [false, true]) {
  test(`a minute without the link, on every screen${blocked ? ', WebSockets blocked' : ''}`, async () => {
    const way = await proxy()
    way.refuseSockets(blocked)
    const live = await lab.start(ticking)
    const [old, older] = [await lab.exec('getprop'), await lab.exec('getprop')]
    const context = await newContext({ via: way })
    const screens = {
      benches: '/',
      workspace: '/b/demo/sim0002-5555',
      run: `/r/${live}`,
      runs: '/runs',
      compare: `/r/${older}..${old}`,
      checks: '/checks',
      settings: '/settings',
    }
    const opened = Object.entries(screens).map(async ([name, path]) => [
      name,
      await open(path, { context, via: way }),
    ])
    const pages = Object.fromEntries(await Promise.all(opened))
    const each = (act) => Promise.all(Object.entries(pages).map(([name, page]) => act(page, name)))
    if (blocked) {
      await each((page) => page.getByText('Connected without WebSocket').first().waitFor())
    }
    await until('lines', async () => (await newest(pages.run)) > 50)
    const command = pages.workspace.getByRole('combobox', { name: 'Command' })
    const search = pages.runs.getByRole('searchbox').or(pages.runs.getByRole('textbox')).first()
    await command.fill(unsent)
    await search.fill('getprop')

    const began = performance.now()
    way.cut()
    await each(async (page, name) => {
      await page.getByText('Connection lost.').first().waitFor()
      const asOf = page.getByText(/as of \d\d:\d\d:\d\d/i).first()
      await asOf.waitFor().catch(() => assert.fail(`${name} does not say as of when`))
      assert.equal(await page.getByRole('dialog').count(), 0, `${name} shows a dialog`)
      assert.ok((await page.locator('main').textContent()).trim(), `${name} is blank`)
    })
    const seen = await newest(pages.run)
    await command.press('Enter')
    await pages.workspace.getByText('Not connected').first().waitFor()
    assert.equal(await command.inputValue(), unsent, 'what was typed is gone')
    await until('the end of the minute', () => performance.now() - began > away, away + 10_000)
    await each(async (page, name) => {
      assert.ok(await page.getByText('Connection lost.').first().isVisible(), `${name}: no bar`)
      assert.equal(await page.getByRole('dialog').count(), 0, `${name} shows a dialog`)
    })

    way.mend()
    await each(async (page, name) => {
      const back = page.locator('[data-phase=connected]').first()
      await back
        .waitFor({ state: 'attached', timeout: backWithin })
        .catch(() => assert.fail(`${name} did not come back by itself`))
      await page.getByText('Connection lost.').waitFor({ state: 'detached' })
    })
    assert.equal(await command.inputValue(), unsent, 'what was typed is gone')
    assert.equal(await search.inputValue(), 'getprop', 'what was typed is gone')
    await until('the lines of that minute', async () => (await newest(pages.run)) > seen + 800)
    await lab.cancel(live)
    await pages.run.bringToFront() // a page behind others is drawn once a second
    const stored = (await lab.lines(live)).filter((line) => line.startsWith('tick '))
    const shown = (await allLines(pages.run)).filter((line) => line.startsWith('tick '))
    assert.deepEqual(
      shown,
      stored.map((_, i) => `tick ${i + 1}`),
    )
    const { runs } = await lab.get('/api/v1/runs?device=sim0002-5555')
    assert.deepEqual(
      runs.filter((run) => run.command === unsent),
      [],
      'what was not sent ran later',
    )
  })
}
