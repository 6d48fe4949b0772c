// The browser's own notifications: what concerns a person while nobody looks at
// the dashboard, as text, once over all tabs, and the way to it. Who forbade
// them, or was never asked, is left alone.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { button, exact, handOver, question, run, stands, toast } from './harness/people.mjs'

const { test, lab, relay, open, newContext, looks, until } = await desk()
const [one, other] = lab.devices
const path = (page) => new URL(page.url()).pathname
const aSwitch = (page) => page.getByRole('switch', { name: 'Browser notifications' })

// The browser's notifications are real, and written down besides; whether
// somebody looks is said by the test: a browser without a screen always looks.
async function watched(context, permission) {
  await context.addInitScript((permission) => {
    const Real = globalThis.Notification
    const record = { shown: [], asked: 0, focused: 0 }
    globalThis.record = record
    globalThis.Notification = class extends Real {
      constructor(title, options) {
        super(title, options)
        record.shown.push({ title, body: options.body, tag: options.tag, shown: this })
      }
      static get permission() {
        return permission ?? Real.permission
      }
      static requestPermission() {
        record.asked++
        return permission ? Promise.resolve(permission) : Real.requestPermission()
      }
    }
    globalThis.focus = () => record.focused++
    let isAway = false
    Object.defineProperty(document, 'visibilityState', {
      get: () => (isAway ? 'hidden' : 'visible'),
    })
    document.hasFocus = () => !isAway
    globalThis.lookAway = (is) => {
      isAway = is
      document.dispatchEvent(new Event('visibilitychange'))
    }
  }, permission)
  return context
}
const lookAway = (page, is = true) => page.evaluate((is) => globalThis.lookAway(is), is)

// shown are the notifications of all tabs, once none of them is about to show one.
async function shown(...tabs) {
  const all = []
  for (const tab of tabs) {
    await tab.evaluate(async () => {
      for (let i = 0; i < 4; i++) await navigator.locks.query() // answered in turn
    })
  }
  for (const tab of tabs) {
    all.push(...(await tab.evaluate(() => record.shown.map(({ title, body }) => [title, body]))))
  }
  return all
}

// told waits until every tab has heard it, and gives what was shown of it.
async function told(words, ...tabs) {
  for (const tab of tabs) await toast(tab).getByText(words, { exact: false }).first().waitFor()
  return (await shown(...tabs)).filter(([title]) => title.includes(words))
}

async function choose(words, ...tabs) {
  for (const tab of tabs) {
    const isIts = await tab.evaluate((words) => {
      const it = record.shown.find(({ title }) => title.includes(words))
      it?.shown.onclick(new Event('click'))
      return it !== undefined
    }, words)
    if (!isIts) continue
    assert.equal(await tab.evaluate(() => record.focused), 1, 'its tab comes to the front')
    return tab
  }
  throw new Error(`no notification says ${words}`)
}

test('what concerns me is told while nobody looks, once over two tabs, and leads there', async () => {
  const context = await watched(await newContext({ name: 'Ada' }))
  await context.grantPermissions(['notifications'], { origin: relay.url })
  const first = await open('/settings', { context })
  await aSwitch(first).press('Space')
  await until('it is on', () => aSwitch(first).isChecked())
  await looks(first, 'notify-settings', { isBrief: true })
  const at = `/b/${lab.bench}/${one}`
  const grace = await open(at, { name: 'Grace' })
  await exact(grace, 'Reserve for 1 h').click()
  await first.goto(new URL(at, relay.url).href)
  await button(first, 'Queue for 1 h').click()
  await button(first, '1st of 1 in the queue').waitFor()
  await first.goto(new URL('/runs', relay.url).href)
  const second = await open('/', { context })
  const tabs = [first, second]
  for (const tab of tabs) await lookAway(tab)

  await exact(grace, 'Release').click()
  const yours = await told('is yours', ...tabs)
  assert.equal(yours.length, 1, `told ${yours.length} times`)
  assert.match(yours[0][1], /^Until \d\d:\d\d\.$/)
  const back = await choose('is yours', ...tabs)
  await until('the device', () => path(back) === at)
  await stands(back, 'mine')

  // A name that is markup asks for it.
  const name = '<b>Mallory</b>'
  const mallory = await open(at, { name })
  await exact(mallory, 'Ask for control').click()
  const asked = await told('asks for control', ...tabs)
  assert.deepEqual(
    asked.map(([title]) => title.slice(0, name.length)),
    [name],
  )
  await exact(mallory, 'Ask for control').waitFor({ state: 'detached' })

  // Whoever looks at one tab is told there: nothing beside it.
  const before = (await shown(...tabs)).length
  await lookAway(back, false)
  await exact(back, 'Release').click()
  await exact(grace, 'Reserve for 1 h').click()
  await handOver(grace, 'Ada', 'Until <i>noon</i>')
  await question(back, 'offer').waitFor()
  const hidden = tabs.find((tab) => tab !== back)
  await toast(hidden).getByText('hands', { exact: false }).waitFor()
  assert.equal((await shown(...tabs)).length, before, 'told although somebody looks')
  await exact(question(back, 'offer'), 'Not now').click()
  await stands(grace, 'mine')

  await lookAway(back)
  await handOver(grace, 'Ada', 'Until <i>noon</i>')
  assert.deepEqual(
    (await told('hands', ...tabs)).map(([, body]) => body),
    ['“Until <i>noon</i>”'],
  )
})

test('a run of some length that has ended is told to whoever started it', async () => {
  const context = await watched(await newContext({ name: 'Ravi' }))
  await context.grantPermissions(['notifications'], { origin: relay.url })
  const page = await open('/settings', { context })
  await aSwitch(page).press('Space')
  await until('it is on', () => aSwitch(page).isChecked())
  await page.goto(new URL(`/b/${lab.bench}/${other}`, relay.url).href)
  await run(page, 'sleep 11; echo "<img src=x onerror=window.pwned=1>"')
  const block = page.getByRole('article', { name: /^sleep 11/ })
  await block.waitFor()
  await page.goto(new URL('/', relay.url).href)
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  await lookAway(page)
  const [ended, ...more] = await told('sleep 11', page)
  assert.match(ended[0], /<img src=x onerror=window\.pwned=1>.*: exit code 0$/)
  assert.deepEqual(more, [])
  await choose('sleep 11', page)
  await until('the run', () => path(page).startsWith('/r/'))
  assert.equal(await page.evaluate(() => window.pwned), undefined)
})

for (const permission of ['denied', 'default']) {
  test(`where the browser says ${permission} nobody is asked and nothing is shown`, async () => {
    const name = permission === 'denied' ? 'Tove' : 'Uri'
    const context = await watched(await newContext({ name }), permission)
    const page = await open('/', { context })
    await lookAway(page)
    const from = await open('/', { name: `from ${name}` })
    await from.getByTitle(`Message to ${name}`).click()
    await from.getByRole('textbox', { name: `Message to ${name}` }).fill('Are you there?')
    await from.keyboard.press('Enter')
    assert.deepEqual(await told(`from ${name}`, page), [])
    assert.equal(await page.evaluate(() => record.asked), 0, 'nobody is asked')
    await lookAway(page, false)
    await page.goto(new URL('/settings', relay.url).href)
    await page.getByText('Browser notifications').waitFor()
    assert.equal(await aSwitch(page).isChecked(), false)
    assert.equal(await aSwitch(page).isDisabled(), permission === 'denied')
    assert.equal(await page.evaluate(() => record.asked), 0, 'asked before one wants them')
    if (permission === 'denied') {
      await page.getByText('This browser was told not to show them').waitFor()
      await looks(page, 'notify-denied', { isBrief: true })
    }
  })
}
