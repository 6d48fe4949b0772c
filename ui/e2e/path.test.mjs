// The path that everything stands on: a command down to a device, its lines up
// into the page, each once and in order, whatever happens to the page.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allRows, log } from './harness/log.mjs'

const { test, lab, open, looks, until, proxy } = await desk()
const tag = (page, word) => page.locator('header').getByRole('status').filter({ hasText: word })
const newest = async (page) =>
  Number((await log(page).locator('[data-n]:not([hidden])').last().getAttribute('data-n')) ?? 0)

const total = 2000
const go = '/data/local/tmp/go'
const colours = `i=1; while [ $i -le ${total} ]; do
printf '\\033[3%dmcoloured line %d\\033[0m\\n' $((i % 6 + 1)) $i
if [ $i -eq ${total / 2} ]; then while [ ! -e ${go} ]; do sleep 0.02; done; fi
i=$((i + 1)); done`
const endless = `i=1; while true; do echo "I/tick: $i"; echo "E/tick: $i" >&2; sleep 0.05; i=$((i + 1)); done`

test(`${total} coloured lines, with a reload in the middle, are there once and in order`, async () => {
  const page = await open(`/r/${await lab.start(colours)}`)
  await until('some lines', async () => (await newest(page)) > 50)
  await page.reload()
  await until('lines after the reload', async () => (await newest(page)) > 0)
  await lab.exec(`: > ${go}`) // until now the run waited in its middle
  await tag(page, 'Exited 0').waitFor({ timeout: 60_000 })
  const rows = (await allRows(page)).filter((r) => r.text.startsWith('coloured line'))
  assert.equal(rows.length, total)
  rows.forEach((row, i) => {
    assert.equal(row.text, `coloured line ${i + 1}`)
    assert.ok(row.isColoured, `line ${i + 1} has no colour`)
  })
})

test('a cut in the middle leaves no hole', async () => {
  const way = await proxy()
  const id = await lab.start(endless)
  const page = await open(`/r/${id}`, { via: way })
  await until('lines', async () => (await newest(page)) > 100)
  way.cut()
  await page.getByText('Connection lost.').waitFor()
  await page
    .getByText(/as of \d\d:\d\d:\d\d/i)
    .first()
    .waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0, 'a loss is no dialog')
  await looks(page, 'run-lost')
  const before = await newest(page)
  way.mend()
  await page.getByText('Connected again.').waitFor({ timeout: 30_000 })
  await log(page).press('End')
  await until('more lines', async () => (await newest(page)) > before + 20)
  await lab.cancel(id)
  await tag(page, 'Cancelled').waitFor()
  const ticks = (await allRows(page)).filter((r) => r.text.startsWith('I/tick'))
  for (const [i, row] of ticks.entries()) assert.equal(row.text, `I/tick: ${i + 1}`)
})
