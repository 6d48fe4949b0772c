// Two people, each in a browser of their own: they see each other, do not step
// on each other, hand over, and talk.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import {
  button,
  exact,
  handOver,
  openPanel,
  panel,
  question,
  run,
  stands,
  toast,
  write,
} from './harness/people.mjs'

const { test, lab, relay, open, newContext, looks, until } = await desk()
const at = `/b/${lab.bench}/${lab.devices[0]}`

// couples gives each test people of its own, who look at the same device.
const names = [
  ['Ada', 'Grace'],
  ['Jonas', 'Nadia'],
  ['Mina', 'Otto'],
  ['Ravi', 'Sofie'],
  ['Tove', 'Uri'],
  ['Vera', 'Wim'],
]
async function couple() {
  const [one, other] = names.shift()
  const a = await open(at, { name: one })
  const b = await open(at, { name: other })
  return { one, other, a, b }
}

test('people see each other come, look and go', async () => {
  const { one, other, a, b } = await couple()
  await button(a, `At this bench: you and ${other}`).waitFor()
  await button(b, `At this bench: you and ${one}`).waitFor()
  const second = await open('/', { context: b.context() }) // nobody else: the same person
  await button(second, /^2 here/).waitFor()
  await looks(second, 'together-benches')
  await second.close()
  await button(a, `At this bench: you and ${other}`).waitFor()
  await looks(a, 'together-presence', { isBrief: true })
  await b.goto(new URL('/runs', b.url()).href)
  await until(
    `${other} looks elsewhere`,
    async () => (await button(a, /At this bench/).count()) === 0,
  )
  const lists = await open('/', { context: a.context() })
  await lists.getByRole('navigation', { name: 'Here now' }).getByText(other).waitFor()
  await lists.close()
  await b.context().close()
  await openPanel(a)
  await panel(a).getByText('1 person here').waitFor()
})

test('one reserves, the other queues, is refused, and has it next', async () => {
  const { one, other, a, b } = await couple()
  await stands(a, 'free')
  await looks(a, 'together-free', { isBrief: true })
  await button(a, 'Reserve for 1 h').click()
  await stands(a, 'mine')
  await a.getByText(/^Yours until \d\d:\d\d$/).waitFor()
  await stands(b, 'theirs')
  await b.getByText(new RegExp(`^${one} has it until`)).waitFor()

  await run(b, 'echo refused')
  const refusal = b.getByRole('alert').filter({ hasText: 'was not sent and will not run later' })
  await refusal.waitFor()
  await looks(b, 'together-refused', { isBrief: true })
  await refusal.getByRole('button', { name: 'Queue for 1 h' }).click()
  await button(b, '1st of 1 in the queue').waitFor()
  await a.getByText(`Next: ${other}, for 1 h`).waitFor()
  await run(a, 'echo mine')
  await b.getByRole('article', { name: 'echo mine' }).getByText('exit 0').waitFor() // watching is free
  await looks(a, 'together-mine')
  await looks(b, 'together-theirs')

  await exact(a, 'Release').click()
  await stands(b, 'mine')
  await stands(a, 'theirs')
  await openPanel(b)
  await button(panel(b), /^Notices/).click()
  await panel(b)
    .getByText(/is yours$/)
    .waitFor()
  await looks(b, 'together-notices', { isBrief: true })
  await button(b, 'Close the messages').click()
  await exact(b, 'Release').click()
  await stands(a, 'free')
})

test('control is asked for, kept, asked for again, and handed over', async () => {
  const { one, other, a, b } = await couple()
  await button(a, 'Reserve for 1 h').click()
  await button(b, 'Ask for control').click()
  const asked = question(a, 'ask')
  await asked.getByText(`${other} asks for control of`, { exact: false }).waitFor()
  await looks(a, 'together-asked')
  await button(asked, 'Keep control').click()
  await asked.waitFor({ state: 'detached' })
  await button(b, 'Ask for control').click()
  await button(asked, 'Hand over').click()
  const offered = question(b, 'offer')
  await offered.getByText(`${one} hands`, { exact: false }).waitFor()
  await button(offered, 'Not now').click()
  await offered.waitFor({ state: 'detached' })
  await stands(a, 'mine')
  await asked.waitFor({ state: 'detached' }) // who was offered it asks no more

  // With a note, while the other is on another page.
  await b.goto(new URL('/runs', b.url()).href)
  await handOver(a, other, 'The soak goes on until noon; <b>leave it</b>.', () =>
    looks(a, 'together-hand-over', { isBrief: true }),
  )
  await offered.getByText('<b>leave it</b>', { exact: false }).waitFor()
  await looks(b, 'together-offered')
  await button(offered, 'Take control').click()
  await stands(b, 'mine')
  await stands(a, 'theirs')
  await a.getByText(new RegExp(`^${other} has it until`)).waitFor()
  await exact(b, 'Release').click()
})

test('what somebody holds is taken over with a reason, which they are told', async () => {
  const { one, other, a, b } = await couple()
  await button(a, 'Reserve for 1 h').click()
  await button(b, 'Take over…').click()
  const dialog = b.getByRole('dialog')
  assert.equal(await exact(dialog, 'Take over').isDisabled(), true, 'not without a reason')
  await dialog.getByLabel('Reason').fill('The release is blocked')
  await looks(b, 'together-take-over', { isBrief: true })
  await exact(dialog, 'Take over').click()
  await stands(b, 'mine')
  await toast(a).getByText(`${other} took over`, { exact: false }).waitFor()
  await toast(a).getByText('The release is blocked', { exact: false }).waitFor()
  await a.getByText(new RegExp(`^${other} has it until`)).waitFor()
  assert.notEqual(one, other)
  await exact(b, 'Release').click()
})

test('people talk: to everybody, at a bench, and to one', async () => {
  const { one, other, a, b } = await couple()
  await a.keyboard.press('g')
  await a.keyboard.press('m')
  await write(a, 'everybody', 'Hello <img src=x onerror="window.pwned=1"> lab')
  await button(b, /^Messages ?, 1 unread/).click()
  await panel(b).getByText('Hello <img src=x').waitFor()
  await until('it is read', async () => (await button(b, /unread/).count()) === 0)
  await write(b, 'everybody', 'Hello back')
  await panel(a).getByText('Hello back').waitFor()

  await button(panel(a), /^demo/).click()
  await write(a, 'demo', 'Who takes the cluster?')
  await button(panel(b), /^demo.*1 unread/).click()
  await panel(b).getByText('Who takes the cluster?').waitFor()

  await button(b, 'Close the messages').click()
  await button(panel(a), new RegExp(`^${other}`)).click()
  await write(a, other, 'I leave at noon.')
  await toast(b).getByText('I leave at noon.').waitFor()
  await button(toast(b), 'Answer').click()
  await write(b, one, 'See you.')
  await panel(a).getByText('See you.').waitFor()
  await looks(a, 'together-messages')

  await a.reload() // the last ones are kept
  await openPanel(a)
  await panel(a).getByText('Hello back').waitFor()
  await button(panel(a), new RegExp(`^${other}`)).click()
  await panel(a).getByText('I leave at noon.').waitFor()
  await panel(a).getByText('See you.').waitFor()
  assert.equal(await b.evaluate(() => window.pwned), undefined)
})

test('what one said to a person stands on all of one’s tabs and devices', async () => {
  const { one, other, a, b } = await couple()
  const says = async (page, to, text) => {
    await panel(page)
      .getByRole('textbox', { name: `Message to ${to}` })
      .fill(text)
    await page.keyboard.press('Enter')
  }
  const talkTo = async (page, who) => {
    await button(page, /^Messages/)
      .first()
      .click()
    await button(panel(page), new RegExp(`^${who}`)).click()
  }
  const tab = await open('/runs', { context: a.context() })
  const made = await a.context().request.post(`${relay.url}/api/v1/link`, { data: {} })
  const { code } = await made.json()
  const other2 = await newContext({ signedIn: false })
  const redeemed = await other2.request.post(`${relay.url}/api/v1/link/redeem`, { data: { code } })
  assert.ok(redeemed.ok(), `redeeming: ${redeemed.status()}`)
  const device = await open('/', { context: other2 })

  await talkTo(a, other)
  await says(a, other, 'Is the cluster free?')
  await button(tab, /^Messages/)
    .first()
    .click()
  await button(panel(tab), new RegExp(`^${other}`)).click()
  await panel(tab).getByText('Is the cluster free?').waitFor()
  await talkTo(device, other)
  await panel(device).getByText('Is the cluster free?').waitFor()
  await says(device, other, 'I need it at four.')
  await panel(a).getByText('I need it at four.').waitFor()

  // The other one counts them, and reads them in one conversation.
  await button(b, /^Messages ?, 2 unread/).waitFor()
  await talkTo(b, one)
  await says(b, one, 'From four on it is yours.')
  await panel(device).getByText('From four on it is yours.').waitFor()
  const log = panel(device).getByRole('log')
  await log.getByText('You', { exact: true }).first().waitFor()
  await device.reload()
  await talkTo(device, other)
  const texts = ['Is the cluster free?', 'I need it at four.', 'From four on it is yours.']
  for (const text of texts) await log.getByText(text).waitFor()
  await looks(device, 'together-both-halves', { isBrief: true })

  // Whom one wrote to is called by their name also when they have gone.
  await b.context().close()
  await button(panel(device), new RegExp(`^${other}.*not here`)).waitFor()
})
