// Jobs in every state, as the mock has them: figures, who, cancelling, remedies.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, looks, until } = await desk({ mock: 'states' })
const card = (page, title) => page.getByRole('article', { name: title })

test('a job tells how far it is, who began it, and what became of it', async () => {
  const page = await open('/jobs')
  const mine = card(page, 'avc: denied')
  const bar = mine.getByRole('progressbar', { name: 'Search for “avc: denied”' })
  assert.equal(await bar.getAttribute('aria-valuenow'), '28')
  assert.equal(await bar.getAttribute('aria-valuetext'), '340 of 1,204 runs, 28 %')
  await mine.getByText('340 of 1,204 runs, 28 %').waitFor()
  await card(page, 'tombstone').getByText('Seeing how much there is').waitFor()
  await page.getByRole('link', { name: /^Jobs/ }).getByText('2 running').waitFor()
  const lost = card(page, 'kernel panic')
  await lost.getByText('Start it again.').waitFor()
  await lost.getByText('ended at 700 of 1,204 runs, 58 %', { exact: false }).waitFor()
  await card(page, 'Search for “a”').getByText('Narrow it down.').waitFor()
  await card(page, 'Search for “e”')
    .getByText('cancelled by Grace Hopper', { exact: false })
    .waitFor()
  await looks(page, 'jobs-states')
})

test('one’s own is cancelled at once, another’s after a question', async () => {
  const page = await open('/jobs')
  const mine = card(page, 'avc: denied')
  await mine.getByRole('button', { name: 'Cancel search' }).press('Enter')
  await until('it has ended', async () => (await mine.getAttribute('data-state')) === 'cancelled')
  const others = card(page, 'tombstone')
  await others.getByRole('button', { name: 'Cancel search' }).press('Enter')
  const question = page.getByRole('dialog', { name: /Cancel what Ada began/ })
  await question.waitFor()
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  assert.equal(await others.getAttribute('data-state'), 'running')
  await others.getByRole('button', { name: 'Cancel search' }).click()
  await question.getByRole('button', { name: 'Cancel the job' }).click()
  await others.getByText('cancelled by you', { exact: false }).waitFor()
})
