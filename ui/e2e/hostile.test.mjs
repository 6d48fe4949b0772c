// A bench whose names, properties and lines would do harm on a page that let
// them: nothing runs, and nothing changes but the place where the text stands.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, open, calm, looks, until, complaints } = await desk({ mock: 'hostile' })

const unseen = /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

const screens = [
  ['benches', '/'],
  ['benches-table', '/?view=table'],
  ['workspace', '/b/hostile-1/evil0'],
  ['workspace-offline', '/b/hostile-2/evil'],
  ['run', '/r/r-evil'],
  ['run-lost', '/r/r-evil-lost'],
  ['compare', '/r/r-evil..r-evil-lost'],
  ['runs', '/runs'],
  ['checks', '/checks'],
  ['jobs', '/jobs?job=j-evil0'],
  ['settings', '/settings'],
]

for (const [name, path] of screens) {
  test(`nothing of a hostile lab works on ${name}`, async () => {
    const page = await open(path)
    if (name !== 'settings') {
      await until('hostile text', async () =>
        /pwned/.test(await page.locator('body').textContent()),
      )
    }
    await calm(page)
    await harmless(page, path)
    await looks(page, `hostile-${name}`, { isBrief: true })
    await harmless(page, path)
  })
}

test('nothing of a hostile lab works on messages and notices', async () => {
  const page = await open('/b/hostile-1/evil0')
  await page.getByRole('button', { name: /^Messages/ }).click()
  const panel = page.getByRole('complementary', { name: 'Messages' })
  await panel.getByText('window.pwned=2', { exact: false }).first().waitFor()
  await harmless(page, '/b/hostile-1/evil0')
  await looks(page, 'hostile-messages', { isBrief: true })
  await panel.getByRole('button', { name: /^Notices/ }).click()
  await panel.getByRole('list', { name: 'Notices' }).waitFor()
  await harmless(page, '/b/hostile-1/evil0')
})

test('what nobody sees in a name is a sign in it', async () => {
  const page = await open('/')
  const devices = page.locator('[data-device]')
  await devices.filter({ hasText: '‹U+202E›gnp.exe‹U+202C› overridden' }).waitFor()
  await devices.filter({ hasText: 'zero‹U+200B›width‹U+200D›joiner' }).waitFor()
  await devices.filter({ hasText: 'lone ‹U+D800› high, low ‹U+DC00› surrogates' }).waitFor()
  await devices.filter({ hasText: '‹U+001B›[2J‹U+001B›[1;1Hcleared' }).first().waitFor()
  const names = await page.locator('h1, h2, h3, main a, main b').allTextContents()
  assert.deepEqual(
    names.filter((name) => unseen.test(name)),
    [],
  )
})

// The guard of all browser tests: what the policy had to stop fails the test.
test('a page that makes markup of a text is found out', async () => {
  const page = await open('/')
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.pwned = 1">')
  })
  const stopped = () => complaints.filter((c) => /^CSP: script-src-attr/.test(c))
  await until('the complaint', () => stopped().length === 1)
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined)
  complaints.length = 0
})

// harmless says what must hold on every page, whatever stands on it.
async function harmless(page, path) {
  const seen = await page.evaluate(() => {
    const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
    return {
      pwned: globalThis.pwned,
      title: document.title,
      foreign: [
        ...document.querySelectorAll(
          'img[src="x"], iframe, base, object, embed, [onload], [onerror], [onmouseover], a[href^="javascript:"], script:not([src])',
        ),
      ].map((e) => e.outerHTML.slice(0, 200)),
      frames: globalThis.frames.length,
      controlsInTitle: controls.test(document.title),
      leaks: bidiLeaks(),
    }

    // A text that turns the direction round must stand alone, or be isolated,
    // or be shown as a sign: else it reorders what stands beside it.
    function bidiLeaks() {
      const found = []
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!/[\u202a-\u202e\u2066-\u2069]/.test(node.data)) continue
        let box = node.parentElement
        const isOpen = (e) => {
          const { display, unicodeBidi } = getComputedStyle(e)
          return display === 'inline' && !/isolate|plaintext/.test(unicodeBidi)
        }
        while (isOpen(box)) box = box.parentElement
        if (box.textContent.trim() !== node.data.trim()) found.push(box.outerHTML.slice(0, 300))
      }
      return found
    }
  })
  assert.equal(seen.pwned, undefined, 'a script of the bench ran')
  assert.deepEqual(seen.foreign, [], 'markup of the bench became elements')
  assert.equal(seen.frames, 0)
  assert.ok(!seen.controlsInTitle, `control characters in the title ${JSON.stringify(seen.title)}`)
  assert.deepEqual(seen.leaks, [], 'text that reorders its neighbours')
  assert.equal(new URL(page.url()).pathname, new URL(path, page.url()).pathname)
}
