// A log that is longer than a page keeps: what it dropped is fetched again by
// its numbers. Two tabs on one run. A page whose worker dies says so.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allLines, log, newest } from './harness/log.mjs'

const { test, lab, open, newContext, looks, until, complaints } = await desk()
const row = (page, n) => log(page).locator(`[data-n="${n}"]:not([hidden])`)
const text = async (page, n) => (await row(page, n).count()) > 0 && row(page, n).textContent()

test('the top of a run of 220 MB is right though it was dropped long ago', async () => {
  const [lines, wide] = [44_000, 5000] // a page keeps 192 MiB of text
  const numbered = (n) => String(n).padStart(10, '0')
  const id = await lab.exec(`floodlines ${lines} ${wide}`)
  const fetched = []
  const context = await newContext()
  context.on('request', (r) => {
    const { pathname, searchParams } = new URL(r.url())
    if (pathname === `/api/v1/runs/${id}/log`) fetched.push(Number(searchParams.get('from')))
  })
  const page = await open(`/r/${id}`, { context })
  await until('the last line', () => text(page, lines), 120_000)
  assert.deepEqual(fetched, [], 'nothing is fetched while the end is watched')

  const shows = (n, within) =>
    until(
      `line ${n}`,
      async () => `${await text(page, n)}`.includes(`${numbered(n)} the quick`),
      within,
    )
  await log(page).press('Home')
  for (const n of [1, 2, 20]) await shows(n)
  assert.ok(fetched.includes(1), 'the first lines were not here any more')
  const there = await until('some pages further down', async () => {
    await log(page).press('PageDown')
    const line = await newest(page)
    return line > 300 && line
  })
  for (const n of [there - 1, there - 10]) await shows(n)

  // Both ends of the run, by a search that reads all of it.
  await page.getByRole('textbox', { name: 'Search this log' }).fill(`${numbered(77)} the`)
  const place = page.getByRole('search', { name: 'This log' }).getByRole('status')
  await until('the only match', async () => /^1\b/.test(await place.textContent()), 60_000)
  await page.keyboard.press('Enter')
  await shows(77, 120_000) // it lies before the cursor: once all is searched
  await log(page).press('End')
  await shows(lines)
  assert.equal(await page.getByText('lost').count(), 0)
})

test('two tabs on one run show the same lines, and what one does the other sees', async () => {
  const ticking = 'i=1; while true; do echo "I/tick: $i"; sleep 0.02; i=$((i + 1)); done'
  const id = await lab.start(ticking)
  const context = await newContext()
  const [one, two] = [await open(`/r/${id}`, { context }), await open(`/r/${id}`, { context })]
  for (const page of [one, two]) await until('lines', async () => (await newest(page)) > 20)
  await one.bringToFront()
  await one.getByRole('button', { name: 'Cancel run' }).click()
  await lab.ended(id)
  const [stored, { lines }] = [await lab.lines(id), await lab.run(id)]
  for (const page of [one, two]) {
    await page.bringToFront()
    await page.locator('header').getByRole('status').filter({ hasText: 'Cancelled' }).waitFor()
    await until('the last line', async () => (await newest(page)) === lines)
    const shown = (await allLines(page)).filter((line) => line.startsWith('I/tick'))
    assert.deepEqual(
      shown,
      stored.filter((line) => line.startsWith('I/tick')),
    )
  }
})

test('a worker that dies is told, and what is seen stays', async () => {
  const id = await lab.exec('seq 1 200')
  const page = await open(`/r/${id}`)
  await until('the last line', () => text(page, 200))
  const [worker] = page.workers()
  await worker.evaluate(() =>
    setTimeout(() => {
      throw new Error('out of luck')
    }),
  )
  await page.getByText('This page has stopped.').waitFor()
  await page.getByText(/Out of luck|out of luck/).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0, 'no dialog')
  assert.ok(await row(page, 200).isVisible(), 'the lines stay')
  await looks(page, 'run-stopped', { isBrief: true })
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  await until('the last line', () => text(page, 200))
  assert.ok(
    complaints.every((c) => /out of luck/.test(c)),
    complaints.join('\n'),
  )
  complaints.length = 0
})

test('a worker that does not load is told, without an endless skeleton', async () => {
  const context = await newContext()
  await context.route('**/farbench.worker*', (route) => route.abort())
  const page = await open('/', { context, connected: false })
  await page.getByText('This page could not start').waitFor()
  await looks(page, 'not-started', { isBrief: true })
  await context.unroute('**/farbench.worker*')
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
})
