// Two people, each in a browser of their own and at another relay: what
// together.test.mjs tells of one relay holds for two, and when one is killed.
// relay/e2e/browser starts them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { desk } from '../harness/desk.mjs'
import { standing } from '../harness/local.mjs'
import { allLines, newest } from '../harness/log.mjs'
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
} from '../harness/people.mjs'

const relays = standing()
if (!relays) {
  console.error('skipped: no relays stand: cd relay && go test ./e2e/browser -run TwoRelays')
  process.exit(process.env.CI ? 1 : 0)
}
const { two, front } = relays // whoever comes by the front is at relay one while it lives
const { test, lab, open, newContext, looks, until } = await desk({ at: two })
const [first, second] = lab.devices
const at = `/b/${lab.bench}/${first}`
const here = (page, path) => new URL(path, page.url()).href

// each test has people of its own, who look at the same device.
async function couple(one, other, path = at) {
  const a = await open(path, { name: one, via: front })
  const b = await open(path, { name: other, via: two })
  return [a, b]
}

// device gives a second browser of a person, at another relay: the session counts there too.
async function device(of, relay, more) {
  const context = await newContext({ signedIn: false, ...more })
  const cookies = (await of.context().cookies()).filter(({ name }) => name.startsWith('farbench_'))
  const name = `farbench_${new URL(relay.url).port}`
  await context.addCookies([{ name, value: cookies[0].value, url: relay.url }])
  return context
}

test('people at two relays see each other, and what each looks at', async () => {
  const [a, b] = await couple('Ada', 'Grace', '/runs')
  const hers = (page, who) => page.getByRole('navigation', { name: 'Here now' }).getByText(who)
  await hers(a, 'Grace').waitFor()
  await a.goto(here(a, at))
  await b.getByRole('link').filter({ hasText: 'Ada' }).filter({ hasText: 'demo · ' }).click()
  await b.waitForURL(`**${at}`) // what she looks at
  await button(a, 'At this bench: you and Grace').waitFor()
  await button(b, 'At this bench: you and Ada').waitFor()

  // Her phone is at the other relay, and she still is one person.
  const phone = await open('/', { context: await device(a, two, { width: 390 }), via: two })
  await button(phone, /^2 here/).waitFor()
  await a.context().close()
  await until('her phone alone', async () => (await button(b, /At this bench/).count()) === 0)
  await b.goto(here(b, '/runs'))
  await hers(b, 'Ada').waitFor()
  await phone.close()
  await until('she is gone', async () => (await hers(b, 'Ada').count()) === 0)
})

test('what is reserved at one relay counts at the other: countdown, queue, asking, handing over', async () => {
  const [a, b] = await couple('Jonas', 'Nadia')
  const c = await open(at, { name: 'Otto', via: two })
  await button(a, 'Reserve for 1 h').click()
  await stands(a, 'mine')
  await stands(b, 'theirs')
  const until1 = await a.getByText(/^Yours until/).textContent()
  const until2 = await b.getByText(/^Jonas has it until/).textContent()
  assert.equal(until2.slice(-5), until1.slice(-5), 'the same end')
  const left = (page) => page.locator('[data-stand]').getByText(/^\d\d:\d\d left$/)
  for (const page of [a, b]) {
    const before = await left(page).textContent()
    await until('it counts down', async () => (await left(page).textContent()) < before)
  }
  await run(b, 'echo refused')
  const refusal = b.getByRole('alert').filter({ hasText: 'will not run later' })
  await button(refusal, 'Queue for 1 h').click()
  await button(b, '1st of 1 in the queue').waitFor()
  await button(c, 'Queue for 1 h').click()
  await button(c, '2nd of 2 in the queue').click()
  await c.getByRole('heading', { name: 'In the queue' }).waitFor()
  await looks(c, 'relays-queue', { isBrief: true })
  await c.keyboard.press('Escape')
  await a.getByText('Next: Nadia, for 1 h').waitFor()

  // Control is asked for with a note, kept, asked for again and handed over.
  const ask = (note) =>
    b.request.post(`${two.url}/api/v1/benches/${lab.bench}/reservations/ask`, {
      data: { device: first, note },
    })
  assert.equal((await ask('Five minutes, <b>please</b>')).status(), 200)
  const asked = question(a, 'ask')
  await asked.getByText('“Five minutes, <b>please</b>”').waitFor()
  await looks(a, 'relays-asked', { isBrief: true })
  await button(asked, 'Keep control').click()
  await toast(b).getByText('Jonas keeps control', { exact: false }).waitFor()
  await button(b, 'Ask for control').click()
  await asked.waitFor()
  await handOver(a, 'Nadia', 'The soak goes on until noon.')
  const offered = question(b, 'offer')
  await offered.getByText('The soak goes on until noon.', { exact: false }).waitFor()
  await looks(b, 'relays-offered', { isBrief: true })
  await b.setViewportSize({ width: 390, height: 844 })
  await button(offered, 'Take control').click({ trial: true }) // no word covers it
  await b.setViewportSize({ width: 1440, height: 900 })
  await button(offered, 'Take control').click()
  await stands(b, 'mine')
  await stands(a, 'theirs')
  await button(c, '1st of 1 in the queue').waitFor()
  await exact(b, 'Release').click()
  await stands(c, 'mine')
  await exact(c, 'Release').click()
  await stands(a, 'free')
})

const flag = (...words) =>
  promisify(execFile)(process.env.FARBENCH_AGENT, ['flag', ...words], { timeout: 20_000 })

test('who does not answer for a minute leaves it where it was; meanwhile people talk, pin notes, and somebody is at the bench', async () => {
  const [a, b] = await couple('Mina', 'Ravi')
  const phone = await open('/', { context: await device(b, front, { width: 390 }), via: front })
  await button(a, 'Reserve for 1 h').click()
  await handOver(a, 'Ravi', 'I leave.')
  const offers = [question(b, 'offer'), question(phone, 'offer')]
  for (const offer of offers) await offer.getByText('Mina hands', { exact: false }).waitFor()
  await looks(phone, 'relays-offered-lists', { isBrief: true })

  // To a person with tabs at both relays, once in each; to the bench; to everybody.
  await openPanel(a)
  await button(panel(a), /^Ravi/).click()
  await write(a, 'Ravi', 'I leave at noon.')
  for (const page of [b, phone]) await toast(page).getByText('I leave at noon.').waitFor()
  await button(toast(b), 'Answer').click()
  await write(b, 'Mina', 'See you.')
  await panel(a).getByText('See you.').waitFor()
  await button(panel(b), /^demo/).click()
  await write(b, 'demo', 'Who takes the cluster?')
  await button(panel(a), /^demo.*1 unread/).click()
  await panel(a).getByText('Who takes the cluster?').waitFor()
  await button(panel(a), /^Everybody|^Lab/).click()
  await write(a, 'everybody', 'Lunch?')
  await button(panel(b), /^(Everybody|Lab).*1 unread/).click()
  await panel(b).getByText('Lunch?').waitFor()
  await looks(b, 'relays-messages', { isBrief: true })
  for (const page of [a, b]) await button(page, 'Close the messages').click()

  // A note that somebody pins at one relay, and takes away at the other.
  const pinned = (page) => page.getByRole('list', { name: 'Notes pinned to this bench' })
  await exact(a, 'Device').click()
  await a.getByRole('menuitem', { name: 'Pin a note to the bench…' }).click()
  await a.getByRole('textbox', { name: 'Note' }).fill('The fan is loud: <b>that is known</b>')
  await button(a, 'Pin note').click()
  for (const page of [a, b]) await pinned(page).getByText('<b>that is known</b>').waitFor()

  // Somebody stands at the bench: what could hurt is asked about, at both.
  await flag('on', '--note', 'I am at the fuse box')
  for (const page of [a, b]) {
    await page.getByText('Someone is at this bench.').waitFor()
    await page.getByText('I am at the fuse box', { exact: false }).first().waitFor()
  }
  await looks(b, 'relays-flag-and-note', { isBrief: true })
  await run(a, 'reboot')
  const sure = a.getByRole('dialog')
  await sure.getByText('Someone is at this bench: I am at the fuse box', { exact: false }).waitFor()
  await looks(a, 'relays-asks-first', { isBrief: true })
  await button(sure, 'Do not run').click()
  const by = (relay, who) => ({ relay, who })
  for (const { relay, who } of [by(front, a), by(two, b)]) {
    const data = { id: `e2e-${Date.now()}`, bench: lab.bench, device: first, command: 'reboot' }
    const answer = await who.request.post(`${relay.url}/api/v1/runs`, { data })
    assert.equal((await answer.json()).code, 'confirm_needed')
  }
  await flag('off')
  for (const page of [a, b]) {
    await page.getByText('Someone is at this bench.').waitFor({ state: 'detached' })
  }
  await button(pinned(b), 'Unpin this note').click()
  for (const page of [a, b]) await pinned(page).waitFor({ state: 'detached' })

  // By the relays' clock: a minute after it was offered.
  for (const offer of offers) await offer.waitFor({ state: 'detached', timeout: 90_000 })
  await toast(a).getByText('is yours again', { exact: false }).waitFor()
  await stands(a, 'mine')
  await stands(b, 'theirs')
  await exact(a, 'Release').click()
  await stands(b, 'free')
})

test('a relay is killed in the middle of it all: nothing is lost, nothing is double, hers stays hers', async () => {
  const [a, b] = await couple('Tove', 'Uri', `/b/${lab.bench}/${second}`)
  await button(a, 'Reserve for 1 h').click()
  await stands(b, 'theirs')
  await button(b, 'Queue for 1 h').click()
  await run(a, 'i=1; while true; do echo "tick $i"; sleep 0.05; i=$((i + 1)); done')
  const block = (page) => page.getByRole('article', { name: /^i=1; while/ })
  for (const page of [a, b]) await block(page).getByText('tick 2').first().waitFor()
  const { runs } = await lab.get(`/api/v1/runs?device=${second}&limit=1`)
  const [{ id, by }] = runs
  assert.equal(by, 'Tove')
  const [hers, his] = [
    await open(`/r/${id}`, { context: a.context(), via: front }),
    await open(`/r/${id}`, { context: b.context(), via: two }), // watching is free
  ]
  for (const page of [hers, his]) await until('lines', async () => (await newest(page)) > 40)
  await openPanel(b)
  await button(panel(b), /^Tove/).click()
  await write(b, 'Tove', 'Before the kill.')
  await toast(a).getByText('Before the kill.').waitFor()

  const seen = await newest(his)
  process.kill(Number(process.env.FARBENCH_ONE_PID), 'SIGKILL')
  await write(b, 'Tove', 'In the middle of it.')
  await until('he watches on', async () => (await newest(his)) > seen + 40)
  for (const page of [a, hers]) {
    await page.getByText('Connection lost.').waitFor({ state: 'detached' })
    await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  }
  await until('she watches on', async () => (await newest(hers)) > seen + 80)
  await stands(a, 'mine')
  await stands(b, 'theirs')
  await button(b, /^At this bench: you and Tove/).waitFor()

  await openPanel(a)
  await button(panel(a), /^Uri/).click()
  await panel(a).getByText('In the middle of it.').waitFor()
  for (const text of ['Before the kill.', 'In the middle of it.']) {
    assert.equal(await panel(a).getByText(text).count(), 1, `${text} once`)
  }
  await write(a, 'Uri', 'I am at the other relay now.')
  await panel(b).getByText('I am at the other relay now.').waitFor()
  await looks(a, 'relays-after-the-kill', { isBrief: true })
  await button(a, 'Close the messages').click()

  await hers.bringToFront()
  await hers.getByRole('button', { name: 'Cancel run' }).click()
  const { lines } = await lab.ended(id)
  const ticks = (all) => all.filter((line) => line.startsWith('tick '))
  const stored = ticks(await lab.lines(id))
  assert.deepEqual(
    stored,
    stored.map((_, i) => `tick ${i + 1}`),
  )
  for (const page of [hers, his]) {
    await page.bringToFront()
    await until('the last line', async () => (await newest(page)) === lines)
    assert.deepEqual(ticks(await allLines(page)), stored)
  }
  await looks(his, 'relays-watched', { isBrief: true })
  await exact(a, 'Release').click()
  await stands(b, 'mine')
  await exact(b, 'Release').click()
})
