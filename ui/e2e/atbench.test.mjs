// What people leave at a bench for each other: notes on it, and the flag of
// whoever stands there; and a reservation from its beginning to its end by
// keyboard alone, and on a phone.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, relay, open, looks, until } = await desk()
const at = `/b/${lab.bench}/${lab.devices[0]}`

const button = (page, name) => page.getByRole('button', { name })
const exact = (page, name) => page.getByRole('button', { name, exact: true })
const stands = (page, how) => page.locator(`[data-stand=${how}]`).waitFor()
const flag = (page) => page.getByText('Someone is at this bench.')
const notes = (page) => page.getByRole('list', { name: 'Notes pinned to this bench' })
const run = async (page, command) => {
  await page.getByRole('combobox', { name: 'Command' }).fill(command)
  await page.keyboard.press('Enter')
}

test('while somebody stands at the bench what could hurt asks first', async () => {
  const page = await open(at, { name: 'Ada' })
  const benches = await open('/', { name: 'Grace' })
  await relay.flag('on', '--note', 'Swapping the display <b>of</b> the cluster, ask Mina')
  await flag(page).waitFor()
  await page.getByText('Swapping the display <b>of</b> the cluster, ask Mina').waitFor()
  await benches.getByText('Swapping the display', { exact: false }).waitFor()
  await looks(page, 'atbench-flag')
  await looks(benches, 'atbench-flag-benches', { isBrief: true })

  await run(page, 'echo harmless')
  await page.getByRole('article', { name: 'echo harmless' }).getByText('exit 0').waitFor()
  await run(page, 'rm -rf /data')
  const question = page.getByRole('dialog')
  await question.waitFor()
  await looks(page, 'atbench-asked', { isBrief: true })
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  await page.getByRole('combobox', { name: 'Command' }).press('Enter')
  await question.getByRole('button').last().click()
  await page.getByRole('article', { name: 'rm -rf /data' }).first().waitFor()

  await relay.flag('off')
  await flag(page).waitFor({ state: 'detached' })
  assert.equal(await benches.getByText('Swapping the display', { exact: false }).count(), 0)
})

test('notes are pinned, seen by others at once, and taken away', async () => {
  const page = await open(at, { name: 'Mina' })
  const other = await open(at, { name: 'Otto' })
  const pin = async (text) => {
    await exact(page, 'Device').press('Enter')
    await page.getByRole('menuitem', { name: 'Pin a note to the bench…' }).press('Enter')
    await page.getByRole('dialog').getByLabel('Note').fill(text)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await notes(other).getByText(text.slice(0, 60), { exact: false }).waitFor()
  }
  await pin('The CAN box needs 30 s after power on before it answers.')
  await pin(
    `Kept on 24.46.3 for the release. ${'Do not flash it, whatever a run says. '.repeat(12)}`,
  )
  await pin('<img src=x onerror="window.pwned=1"> is a text')
  await button(other, '1 more note').waitFor()
  await looks(other, 'atbench-notes')
  await button(other, '1 more note').press('Enter')
  await notes(other).getByText('The CAN box', { exact: false }).waitFor()
  await looks(other, 'atbench-notes-all', { isBrief: true })
  const own = notes(page).getByRole('listitem').filter({ hasText: 'is a text' })
  await own.getByRole('button', { name: 'Unpin this note' }).press('Enter')
  await until('it is gone', async () => (await notes(other).getByText('is a text').count()) === 0)
  assert.equal(await other.evaluate(() => window.pwned), undefined)
})

// The keys alone: nothing is clicked, and the focus is never lost.
test('a reservation by keyboard, from its beginning to its end', async () => {
  const a = await open(at, { name: 'Jonas' })
  const b = await open(at, { name: 'Nadia' })
  const focused = (page) =>
    page.evaluate(() => (document.activeElement ?? document.body).textContent?.trim() ?? '')
  const keepsFocus = (page, after) =>
    until(`a focus after ${after}`, () =>
      page.evaluate(
        () => document.activeElement !== null && document.activeElement !== document.body,
      ),
    )
  const tabTo = async (page, name) => {
    for (let i = 0; i < 150; i++) {
      if ((await focused(page)) === name) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`${name} is not reached by Tab`)
  }
  const press = async (page, name) => {
    await tabTo(page, name)
    await page.keyboard.press('Enter')
  }
  await stands(a, 'free')
  await press(a, 'Reserve for 1 h')
  await stands(a, 'mine')
  await keepsFocus(a, 'reserving')
  await press(a, 'Extend by 1 h')
  await a.getByText(/1:5\d:\d\d left/).waitFor()
  await until('the button has the focus again', async () => (await focused(a)) === 'Extend by 1 h')

  await press(b, 'Queue for 1 h')
  await button(b, '1st of 1 in the queue').waitFor()
  await keepsFocus(b, 'queueing')
  await a.getByText('Next: Nadia, for 1 h', { exact: false }).waitFor()
  await a.getByText('Not extended while somebody waits', { exact: false }).waitFor()
  await looks(a, 'atbench-waited-for')
  await press(a, '1 in the queue')
  await a.getByRole('heading', { name: 'In the queue' }).waitFor()
  await a.keyboard.press('Escape')
  await until('the queue is closed', async () => (await focused(a)) === '1 in the queue')

  await press(b, 'Ask for control')
  const asked = a.locator('[data-question=ask]')
  await asked.waitFor()
  await a.keyboard.press('Shift+Tab')
  await exact(asked, 'Keep control').focus()
  await a.keyboard.press('Enter')
  await asked.waitFor({ state: 'detached' })
  await keepsFocus(a, 'keeping control')

  await press(a, 'Hand over…')
  const dialog = a.getByRole('dialog')
  await dialog.waitFor()
  await dialog.getByRole('radio', { name: /Nadia/ }).focus()
  await a.keyboard.press('Space')
  await a.keyboard.press('Tab')
  await a.keyboard.type('the soak goes on')
  await press(a, 'Hand over to Nadia')
  await dialog.waitFor({ state: 'detached' })
  await keepsFocus(a, 'handing over')
  const offered = b.locator('[data-question=offer]')
  await offered.getByText('the soak goes on', { exact: false }).waitFor()
  await exact(offered, 'Take control').focus()
  await b.keyboard.press('Enter')
  await stands(b, 'mine')
  await keepsFocus(b, 'taking control')
  await press(b, 'Release')
  await stands(b, 'free')
  await until('the first act has it', async () => (await focused(b)) === 'Reserve for 1 h')
})

test('a reservation on a phone', async () => {
  const at = `/b/${lab.bench}/${lab.devices[1]}`
  const a = await open(at, { name: 'Ravi', width: 390 })
  const b = await open(at, { name: 'Sofie', width: 390 })
  const phone = { widths: [390], isBrief: false }
  await looks(a, 'phone-free', phone)
  await button(a, 'Reserve for another time').click()
  await a.getByRole('menuitem', { name: 'Reserve for 15 min' }).waitFor()
  await a.getByRole('menuitem', { name: 'Reserve for 15 min' }).click()
  await stands(a, 'mine')
  await stands(b, 'theirs')
  await looks(a, 'phone-mine', phone)
  await looks(b, 'phone-theirs', phone)
  await button(b, 'Queue for 1 h').click()
  await button(b, '1st of 1 in the queue').click()
  await b.getByRole('heading', { name: 'In the queue' }).waitFor()
  await looks(b, 'phone-queue', phone)
  await b.keyboard.press('Escape')
  await looks(a, 'phone-waited-for', phone)
  await button(b, 'More of this reservation').click()
  await b.getByRole('menuitem', { name: 'Ask for control' }).click()
  const asked = a.locator('[data-question=ask]')
  await asked.waitFor()
  await looks(a, 'phone-asked', phone)
  await button(asked, 'Hand over').click()
  const offered = b.locator('[data-question=offer]')
  await offered.waitFor()
  await looks(a, 'phone-offered', phone)
  await looks(b, 'phone-offer', phone)
  await button(offered, 'Take control').click()
  await stands(b, 'mine')
  await exact(b, 'Release').click()
  await stands(b, 'free')
})
