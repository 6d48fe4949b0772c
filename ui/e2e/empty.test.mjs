// A lab before its first bench: each page says what to do next.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, looks } = await desk({ mock: 'empty' })

test('an empty lab shows the command that adds a bench, to copy', async () => {
  const page = await open('/', { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('heading', { name: 'Add the first bench' }).waitFor()
  await looks(page, 'empty-benches')
  await page.getByRole('button', { name: 'Copy command' }).click()
  await page.getByText('Copied').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(copied, /^FARBENCH_BENCH=my-bench .* farbench-agent run$/)
  await page.getByRole('button', { name: 'Try a simulated bench' }).click()
  await page.getByText('FARBENCH_ADB=sim').waitFor()
})

test('without a run the list of runs leads to the benches', async () => {
  const page = await open('/runs')
  await page.getByRole('heading', { name: 'No run yet' }).waitFor()
  await looks(page, 'empty-runs')
  await page.getByRole('link', { name: 'Go to the benches' }).click()
  await page.getByRole('heading', { name: 'Add the first bench' }).waitFor()
})
