// In and out: the single-use link, the token, names, another device, signing out.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, newContext, looks, relay, complaints } = await desk()
const asks = (page) => page.getByRole('heading', { name: 'Sign in to Farbench' }).waitFor()
const stranger = (more) => newContext({ signedIn: false, ...more })
const connected = (page) =>
  page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
const called = (page, name) =>
  page.getByRole('button', { name: /settings$/ }).filter({ hasText: name })
const menu = async (page, item) => {
  await page.getByRole('button', { name: /settings$/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('the link signs in once, leaves the address, and asks for a name', async () => {
  const page = await open(relay.link, { context: await stranger(), connected: false })
  await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
  assert.ok(!page.url().includes('code='), `the code is still in ${page.url()}`)
  await looks(page, 'choose-name')
  await page.getByRole('textbox', { name: 'Your name' }).fill('<b>Ada</b>')
  await page.getByRole('button', { name: 'Continue' }).click()
  await called(page, '<b>Ada</b>').waitFor()
  await page.reload()
  await called(page, '<b>Ada</b>').waitFor()

  const second = await open(relay.link, { context: await stranger(), connected: false })
  await asks(second)
  await second.getByRole('alert').waitFor()
  await looks(second, 'signin')
  await second.getByRole('textbox', { name: 'Your name' }).fill('<B>ada</B>')
  await second.getByLabel('Token', { exact: true }).fill('not the token')
  await second.getByRole('button', { name: 'Sign in' }).click()
  await second.getByRole('alert').waitFor()
  await second.getByLabel('Token', { exact: true }).fill(relay.token)
  await second.getByRole('button', { name: 'Sign in' }).click()
  await second.getByText('Use another device, or').waitFor() // the name is somebody's
  await second.getByRole('textbox', { name: 'Your name' }).fill('Grace')
  await second.getByRole('button', { name: 'Sign in' }).click()
  await connected(second)
  await called(second, 'Grace').waitFor()
})

test('a name is changed, and another device is the same person', async () => {
  const page = await open('/')
  await menu(page, 'Change your name…')
  await looks(page, 'change-name')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Joan')
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await called(page, 'Joan').waitFor()
  await menu(page, 'Use another device…')
  await page.getByRole('img', { name: 'The link as a code to scan' }).waitFor()
  await looks(page, 'other-device')
  const link = await page.locator('dialog code').textContent()
  const phone = await open(link, { context: await stranger({ width: 375 }), connected: false })
  await connected(phone)
  await called(phone, 'Joan').waitFor({ state: 'attached' })
})

test('signing out ends it, in every tab', async () => {
  const page = await open('/')
  const tab = await open('/runs', { context: page.context() })
  await menu(page, 'Sign out')
  await asks(page)
  await asks(tab)
  await page.reload()
  await asks(page)
  complaints.length = 0 // the browser notes each 401
})
