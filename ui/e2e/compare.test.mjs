// Two runs side by side: what differs, in which order, and that it adds up.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks } = await desk()

const properties = (more) =>
  [
    'i=1; while [ $i -le 40 ]; do echo "[ro.prop.$i]: [value $i]"; i=$((i + 1)); done',
    ...more.map((line) => `echo '${line}'`),
    'i=1; while [ $i -le 30 ]; do echo "[sys.prop.$i]: [on]"; i=$((i + 1)); done',
  ].join('; ')
const left = ['[ro.dcm.legacy]: [true]', '[ro.dcm.version]: [24.40.9]']
const right = ['[ro.dcm.version]: [24.46.3]', '[ro.audio.spatial]: [1]']
const rows = (page) => page.locator('[data-row][data-kind=differs]')

test('differences are counted, marked, stepped through and shared', async () => {
  const a = await lab.exec(properties(left))
  const b = await lab.exec(properties(right), { device: lab.devices[1] })
  const page = await open(`/r/${a}..${b}`)
  await page.getByText('3 differences').waitFor()
  await page.getByText('1 changed · 1 only in A · 1 only in B · 70 equal').waitFor()
  assert.equal(await rows(page).count(), 3)
  const changed = rows(page).filter({ hasText: 'changed' })
  assert.deepEqual(await changed.locator('mark').allTextContents(), ['40.9', '46.3'])
  await looks(page, 'compare')

  await page.getByRole('button', { name: 'Next difference' }).click()
  await page.getByText('Differences 1–3 of 3').waitFor()
  const second = await open(new URL(page.url()).pathname + new URL(page.url()).search)
  await second.getByText('Differences 1–3 of 3').waitFor()

  await page.getByRole('button', { name: '37 equal lines' }).click()
  await page.getByText('[ro.prop.1]: [value 1]').first().waitFor()

  await page.getByRole('button', { name: 'Swap sides' }).click()
  await page.waitForURL(`**/r/${b}..${a}*`)
  await page.getByRole('region', { name: 'Run A' }).getByText('sim0002-5555 on demo').waitFor()
})

test('the heads of log lines are ignored, unless one wants them', async () => {
  const print = (time, pid) => `echo '11-21 10:00:0${time} ${pid} ${pid} I Car: on'`
  const a = await lab.exec(print('1.000', ' 1423'))
  const b = await lab.exec(print('9.123', ' 1711'))
  const page = await open(`/r/${a}..${b}`)
  await page.getByText('The runs are equal.').waitFor()
  await page.getByRole('button', { name: 'Times' }).click()
  await page.getByText('1 difference', { exact: true }).waitFor()
  assert.match(page.url(), /ignore=pids/)
})

test('a run that goes on is compared so far, and a run that is gone says so', async () => {
  const done = await lab.exec('echo one; echo two')
  const going = await lab.start('echo one; sleep 300')
  const page = await open(`/r/${done}..${going}`)
  await page.getByText('Run B goes on.').waitFor()
  await looks(page, 'compare-so-far', { widths: [1440], schemes: ['light'] })
  await lab.cancel(going)

  await page.goto(new URL(`/r/${done}..no-such-run`, page.url()).href)
  await page
    .getByRole('alert')
    .getByText(/There is no run/)
    .waitFor()
  await page.getByRole('region', { name: 'Run A' }).getByRole('link').waitFor()
  await looks(page, 'compare-gone', { widths: [1440, 390], schemes: ['dark'] })
})

test('markup and marks of direction stay text', async () => {
  const evil = (n) =>
    `printf '<img src=x onerror=alert(${n})> \\342\\200\\256${n} \\033]0;title\\007\\n'`
  const a = await lab.exec(evil(1))
  const b = await lab.exec(evil(2))
  const page = await open(`/r/${a}..${b}`)
  await page.getByText('‹U+202E›').first().waitFor()
  assert.equal(await page.locator('section img').count(), 0)
  assert.equal(await page.title(), 'Compare · Farbench')
})

test('keys step through the differences and unfold', async () => {
  const print = (words) => words.map((w) => `echo ${w}`).join('; ')
  const middle = Array.from({ length: 12 }, (_, i) => `same${i}`)
  const a = await lab.exec(print(['first 1', ...middle, 'last 1']))
  const b = await lab.exec(print(['first 2', ...middle, 'last 2']))
  const page = await open(`/r/${a}..${b}`)
  await page.getByText('2 differences').waitFor()
  await page.keyboard.press('n')
  await page.getByText('Difference 1 of 2').waitFor()
  await page.keyboard.press('n')
  await page.getByText('Difference 2 of 2').waitFor()
  await page.keyboard.press('Shift+N')
  await page.getByText('Difference 1 of 2').waitFor()
  await page.getByRole('button', { name: '6 equal lines' }).waitFor()
  await page.keyboard.press('z')
  await page.getByRole('button', { name: '6 equal lines' }).waitFor({ state: 'detached' })
})
