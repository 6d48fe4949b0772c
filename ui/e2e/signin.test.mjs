// In and out: the single-use link, the token, signing out.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, newContext, looks, relay } = await desk()
const asks = (page) => page.getByRole('heading', { name: 'Sign in to Farbench' }).waitFor()
const stranger = () => newContext({ signedIn: false })

test('the link signs in once, and leaves the address', async () => {
  const page = await open(relay.link, { context: await stranger() })
  assert.ok(!page.url().includes('code='), `the code is still in ${page.url()}`)

  const second = await open(relay.link, { context: await stranger(), connected: false })
  await asks(second)
  await second.getByRole('alert').waitFor()
  await looks(second, 'signin')
  await second.getByLabel('Token', { exact: true }).fill('not the token')
  await second.getByRole('button', { name: 'Sign in' }).click()
  await second.getByRole('alert').waitFor()
  await second.getByLabel('Token', { exact: true }).fill(relay.token)
  await second.getByRole('button', { name: 'Sign in' }).click()
  await second.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
})

test('signing out ends it', async () => {
  const page = await open('/')
  await page.getByRole('button', { name: /settings$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await asks(page)
  await page.reload()
  await asks(page)
})
