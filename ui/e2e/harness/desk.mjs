// What a test file of the dashboard imports: a browser, a relay for the length
// of the file, pages that are signed in, and tests that fail on whatever a page
// complains about.
//
//   import assert from 'node:assert/strict'
//   import { desk } from './harness/desk.mjs'
//   const { test, lab, open, looks, until } = await desk()
//   test('a run is listed', async () => {
//     const id = await lab.exec('echo hello')
//     const page = await open('/runs')
//     await page.getByRole('link', { name: id }).waitFor()
//     await looks(page, 'runs')
//   })
//
// FARBENCH_LOCAL names the program (else bin/farbench-local), CHROMIUM the
// browser. Pictures go to artifacts/.
import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { after, test as nodeTest } from 'node:test'
import { artifacts, launch, missingBrowser, watch } from './browser.mjs'
import { Lab } from './lab.mjs'
import { missingLocal, startLocal, startMock } from './local.mjs'
import { calm, looks, sizes } from './looks.mjs'
import { startProxy } from './proxy.mjs'
import { until } from './until.mjs'

const file = basename(process.argv[1] ?? 'e2e').replace('.test.mjs', '')

// desk starts a farbench-local, or with { mock: 'states' | 'hostile' | 'empty' }
// the mock relay with that lab, or is set at a relay that stands already.
export async function desk({ mock, at } = {}) {
  const missing = missingBrowser() ?? (mock || at ? undefined : missingLocal())
  if (missing) {
    console.error(`skipped: ${missing}`)
    process.exit(process.env.CI ? 1 : 0)
  }
  const relay = at ?? (await (mock ? startMock(mock) : startLocal()))
  const browser = await launch()
  const lab = new Lab(relay)
  let way
  after(async () => {
    await browser.close()
    await way?.stop()
    await relay.stop()
  })

  const complaints = []
  const contexts = new Set() // of the test that runs

  // context is one person's browser: signed in, unless told otherwise.
  async function newContext({
    width = 1440,
    scheme = 'light',
    via,
    signedIn = true,
    name,
    ...more
  } = {}) {
    const context = await browser.newContext({
      viewport: sizes.find((s) => s.width === width) ?? { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      ...more,
    })
    contexts.add(context)
    context.setDefaultTimeout(20_000)
    await watch(context, complaints)
    if (signedIn) await signIn(context, via?.url ?? relay.url, name)
    return context
  }

  // Without a name it is the tester, whom all tests share.
  async function signIn(context, url, name) {
    if (mock) return context.addCookies([{ name: 'mock', value: '1', url }])
    const { token } = relay
    const data = { token, ...(name ? { name } : {}) }
    const answer = await context.request.post(`${url}/api/v1/session`, { data })
    assert.ok(answer.ok(), `signing in: ${answer.status()} ${await answer.text()}`)
  }

  // open gives a page at a path, connected: in a context of its own, or in the
  // one given (the same person's second tab). `via` is the proxy.
  async function open(path, { context, connected = true, ...more } = {}) {
    const page = await (context ?? (await newContext(more))).newPage()
    await page.goto(new URL(path, more.via?.url ?? relay.url).href)
    if (connected)
      await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
    return page
  }

  // One proxy a file: it needs the relay's port.
  async function proxy() {
    way ??= await startProxy(relay.url)
    way.mend()
    way.refuseSockets(false)
    return way
  }

  // test is node's, with pictures of what failed and with the complaints.
  function test(name, options, run = options) {
    nodeTest(name, options === run ? {} : options, async (t) => {
      try {
        await run(t)
        assert.equal(complaints.length, 0, `the console says:\n${complaints.join('\n')}`)
      } catch (e) {
        await picture(contexts, `failed-${file}-${name.replace(/\W+/g, '-').slice(0, 60)}`)
        if (complaints.length) console.error(`the console says:\n${complaints.join('\n')}`)
        throw e
      } finally {
        complaints.length = 0
        for (const context of contexts) await context.close()
        contexts.clear()
      }
    })
  }

  return { test, lab, relay, open, newContext, calm, looks, until, proxy, complaints }
}

async function picture(contexts, name) {
  const pages = [...contexts].flatMap((c) => c.pages())
  for (const [i, page] of pages.entries()) {
    const path = `${artifacts}${name}${pages.length > 1 ? `-${i + 1}` : ''}.png`
    await page.screenshot({ path, timeout: 5000 }).catch(() => undefined)
    console.error(`${page.url()} looked like ${path}`)
  }
}
