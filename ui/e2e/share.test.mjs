// What a tester takes from a run and gives to others: bookmarks, links to
// lines, copies, files; and what one does with the run itself, on a phone too.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { desk } from './harness/desk.mjs'
import { log, newest } from './harness/log.mjs'

const { test, lab, open, newContext, calm, looks, until } = await desk()

const colours = `printf '\\033[32mgreen\\033[0m and plain\\n'
echo 'E/nav: <b>no</b> position'
sleep 0.1; echo 'nav: sorry' >&2; sleep 0.1
i=4; while [ $i -le 200 ]; do echo "I/nav: step $i"; i=$((i + 1)); done`
let told
const tell = () => {
  told ??= lab.exec(colours)
  return told
}
const row = (page, n) => log(page).locator(`[data-n="${n}"]:not([hidden])`)
const number = (page, n) => row(page, n).locator('span').nth(1)
const chosen = (page) =>
  log(page).evaluate((scroller) =>
    [...scroller.querySelectorAll('[data-n][aria-selected=true]:not([hidden])')].map(
      (r) => +r.dataset.n,
    ),
  )
const param = (page, name) => new URL(page.url()).searchParams.get(name)
const tag = (page, word) => page.locator('header').getByRole('status').filter({ hasText: word })
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText())
const withClipboard = async (more) => {
  const context = await newContext(more)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  return context
}

test('bookmarks survive a reload, and lead back to their lines', async () => {
  const id = await tell()
  const page = await open(`/r/${id}?L=120`)
  await until('the line', async () => (await chosen(page)).includes(120))
  await page.keyboard.press('m')
  const marked = (n) => row(page, n).getByRole('img', { name: 'Bookmarked' })
  await marked(120).waitFor()
  await page.keyboard.press('j')
  await until('the next line', async () => (await chosen(page)).includes(121))
  await page
    .getByRole('button', { name: /^Bookmark/ })
    .last()
    .click()
  await marked(121).waitFor()
  await looks(page, 'run-bookmarks', { isBrief: true })
  await page.reload()
  await marked(120).waitFor()
  await log(page).press('Home')
  await page.getByRole('button', { name: 'Bookmarks: 2' }).click()
  await page.getByRole('menuitem', { name: 'Line 121' }).click()
  await until('that line', async () => (await chosen(page)).join() === '121')
  await marked(121).waitFor()
  await page.keyboard.press('B')
  await until('the one before', async () => (await chosen(page)).join() === '120')
  await page.keyboard.press('m')
  await marked(120).waitFor({ state: 'detached' })
})

test('a click in the gutter links to a line, with shift to a range; others see the same', async () => {
  const id = await tell()
  const page = await open(`/r/${id}`, { context: await withClipboard() })
  await calm(page)
  await log(page).press('Home')
  await number(page, 12).click()
  await until('the line in the address', async () => param(page, 'L') === '12')
  await until('the line chosen', async () => (await chosen(page)).join() === '12')
  await number(page, 15).click({ modifiers: ['Shift'] })
  await until('the range in the address', async () => param(page, 'L') === '12-15')
  await until('the range chosen', async () => (await chosen(page)).join() === '12,13,14,15')
  await page.getByText('Lines 12–15').waitFor()
  await looks(page, 'run-range')
  await page.keyboard.press('y')
  await page.getByText('Link to line copied').waitFor()
  const link = new URL(await clipboard(page))
  assert.equal(link.searchParams.get('L'), '12-15')

  // Another person, in a browser of their own.
  const other = await open(link.pathname + link.search, { context: await newContext() })
  await until('the same lines', async () => (await chosen(other)).join() === '12,13,14,15')
  await other.getByText('Lines 12–15').waitFor()
  const far = await open(`/r/${id}?L=190`, { context: await newContext({ width: 1024 }) })
  await until('a line below', async () => (await chosen(far)).join() === '190')
  const none = await open(`/r/${id}?L=9999`)
  await none.getByText('The run has 200 lines.').waitFor()
})

test('lines are copied with and without their times', async () => {
  const id = await tell()
  const page = await open(`/r/${id}?L=1-2`, { context: await withClipboard() })
  await until('the lines', async () => (await chosen(page)).join() === '1,2')
  await page.keyboard.press('c')
  await page.getByText('2 lines copied', { exact: true }).waitFor()
  assert.equal(await clipboard(page), 'green and plain\nE/nav: <b>no</b> position')
  await page.keyboard.press('C')
  await page.getByText('2 lines copied with times').waitFor()
  const timed = (await clipboard(page)).split('\n')
  assert.match(timed[0], /^\d\d:\d\d:\d\d\.\d{3} +green and plain$/)
  assert.match(timed[1], /^\d\d:\d\d:\d\d\.\d{3} +E\/nav: <b>no<\/b> position$/)

  // What one selects by hand is text alone, too.
  const text = await page.evaluate(() => {
    const rows = [...document.querySelectorAll('[role=listbox] [data-n]')].slice(0, 2)
    getSelection().setBaseAndExtent(rows[0], 0, rows[1], rows[1].childNodes.length)
    return getSelection().toString()
  })
  assert.equal(text.trim().replace(/\n+/g, '\n'), 'green and plain\nE/nav: <b>no</b> position')
})

test('a log is downloaded as text, as NDJSON and as coloured HTML', async () => {
  const id = await tell()
  const page = await open(`/r/${id}`)
  const fetched = async (name) => {
    await page.getByRole('button', { name: 'Download' }).click()
    const coming = page.waitForEvent('download')
    await page.getByRole('menuitem', { name }).click()
    const file = await coming
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') }
  }
  const text = await fetched('Text')
  assert.equal(text.name, `${id}.txt`)
  assert.deepEqual(text.text.split('\n').slice(0, -1), await lab.lines(id))

  const documents = await fetched(/^NDJSON/)
  assert.equal(documents.name, `${id}.ndjson`)
  const lines = documents.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(lines.filter((line) => line.n !== undefined).length, 200)
  const error = lines.find((line) => line.n === 2)
  assert.equal(error.level, 'error')
  assert.equal(error.text, 'E/nav: <b>no</b> position')
  assert.ok(lines.some((line) => line.stream === 'err' && line.text === 'nav: sorry'))

  const html = await fetched('Coloured HTML')
  assert.equal(html.name, `${id}.html`)
  const shown = await (await newContext({ signedIn: false })).newPage()
  await shown.setContent(html.text)
  assert.equal(await shown.locator('pre > span[id]').count(), 200)
  assert.equal(await shown.locator('b').count(), 0, 'text of a device is no markup there')
  const colour = (selector) =>
    shown.locator(selector).evaluate((element) => getComputedStyle(element).color)
  assert.equal(await colour('#L2'), 'rgb(126, 0, 28)')
  const green = await colour('#L1 span')
  assert.notEqual(green, 'rgb(27, 27, 31)', 'green is not the plain colour')
  await shown.screenshot({
    path: new URL('../../artifacts/run-download.png', import.meta.url).pathname,
  })
})

test('a run is cancelled, run again, and its script is shown whole', async () => {
  const id = await lab.start('echo begun\nsleep 300')
  const page = await open(`/r/${id}`)
  await tag(page, 'Running').waitFor()
  await page.getByRole('button', { name: 'Show script' }).click()
  const script = page.getByRole('region', { name: 'The script' })
  await script.getByText('sleep 300').waitFor()
  await until('its line', async () => (await newest(page)) >= 1)
  await looks(page, 'run-script', { isBrief: true })
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await tag(page, 'Cancelled').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Cancel run' }).count(), 0)
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.waitForURL((url) => /^\/r\/./.test(url.pathname) && !url.pathname.includes(id))
  await tag(page, 'Running').waitFor()
  const next = new URL(page.url()).pathname.slice('/r/'.length)
  const run = await lab.run(next)
  assert.equal(run.command, 'echo begun\nsleep 300')
  await page.goBack()
  await tag(page, 'Cancelled').waitFor()
  await lab.cancel(next)
})

test('on a phone a line opens a sheet of three actions', async () => {
  const id = await lab.start(`${colours}\necho 'F/libc: crash'\nsleep 300`)
  const page = await open(`/r/${id}`, {
    context: await withClipboard({ width: 390, scheme: 'dark', hasTouch: true, isMobile: true }),
  })
  await until('the lines', async () => (await newest(page)) === 201)
  await tag(page, 'Running').waitFor()
  await log(page).locator('[data-n]:not([hidden])').last().tap()
  const sheet = page.locator('footer').filter({ hasText: 'Line 201' })
  await sheet.getByRole('button', { name: 'Copy link' }).tap()
  await sheet.getByText('Copied').waitFor()
  assert.equal(new URL(await clipboard(page)).searchParams.get('L'), '201')
  await sheet.getByRole('button', { name: 'Bookmark' }).tap()
  await row(page, 201).getByRole('img', { name: 'Bookmarked' }).waitFor()
  await looks(page, 'run-phone-sheet', { widths: [390] })
  await sheet.getByRole('button', { name: 'Next error' }).tap()
  await until('the error above', async () => (await chosen(page)).join() === '2')
  await page.getByText(/went on from the top/).waitFor()
  // The sheet covers no line that one has just touched.
  await page.getByRole('button', { name: 'Close' }).tap()
  const last = await log(page).evaluate((scroller) => {
    const end = scroller.getBoundingClientRect().bottom
    const rows = [...scroller.querySelectorAll('[data-n]:not([hidden])')]
    return +rows.findLast((r) => r.getBoundingClientRect().bottom <= end).dataset.n
  })
  await row(page, last).tap()
  await page
    .locator('footer')
    .filter({ hasText: `Line ${last}` })
    .waitFor()
  await until('the line above the sheet', () =>
    row(page, last).evaluate((r) => {
      const view = r.closest('[role=listbox]').getBoundingClientRect()
      return r.getBoundingClientRect().bottom <= view.bottom + 1
    }),
  )
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('main button, main a, nav a, nav button')]
      .filter((e) => e.offsetParent !== null)
      .map((e) => ({ name: e.textContent || e.ariaLabel, box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44 || box.width < 40)
      .map(({ name, box }) => `${name} ${box.width}×${box.height}`),
  )
  assert.deepEqual(small, [], 'every target is large enough for a thumb')
  await page.getByRole('button', { name: 'Close' }).tap()
  await page.getByRole('button', { name: 'Search this log' }).tap()
  await page.getByRole('textbox', { name: 'Search this log' }).fill('crash')
  await until('the match', async () =>
    /^1$/.test(await page.getByRole('search').getByRole('status').textContent()),
  )
  await page.getByRole('button', { name: /^Text filter/ }).tap()
  await page.getByRole('textbox', { name: 'Text in the line' }).waitFor()
  await looks(page, 'run-phone-filter', { widths: [390] })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Cancel run' }).tap()
  await tag(page, 'Cancelled').waitFor()
})

test('everything is reached by the keyboard alone, also at 200 % zoom', async () => {
  const id = await tell()
  // A screen of 1440 by 900 at 200 % has this many pixels of its own.
  for (const size of [
    { width: 1440 },
    { width: 720, viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  ]) {
    const page = await open(`/r/${id}`, { context: await withClipboard(size) })
    await calm(page)
    await until('the lines', async () => (await newest(page)) === 200)
    const focused = () =>
      page.evaluate(() => {
        const e = document.activeElement
        const { outlineStyle, boxShadow } = getComputedStyle(e)
        const inner = e.closest('search')?.firstElementChild
        const ring = outlineStyle !== 'none' || boxShadow !== 'none'
        return {
          name: e.getAttribute('aria-label') ?? e.textContent ?? '',
          role: e.getAttribute('role') ?? e.tagName.toLowerCase(),
          isSeen: ring || (inner && getComputedStyle(inner).boxShadow !== 'none'),
        }
      })
    const tabTo = async (holds) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab')
        const at = await focused()
        assert.ok(at.isSeen, `the focus is seen on ${at.role} ${at.name}`)
        if (holds(at)) return
      }
      assert.fail('Tab never came there')
    }
    await tabTo(({ name }) => /^(Download|More)$/.test(name))
    await page.keyboard.press('Enter')
    const item = page.getByRole('menuitem', { name: 'Coloured HTML' })
    await item.waitFor()
    await until(
      'the focus in the menu',
      async () => !/^(Download|More)$/.test((await focused()).name),
    )
    await page.keyboard.press('ArrowDown')
    await until('the focus on an item', async () => (await focused()).role === 'menuitem')
    await page.keyboard.press('Escape')
    await item.waitFor({ state: 'hidden' })
    await until('the focus back', async () => /^(Download|More)$/.test((await focused()).name))
    await tabTo(({ role }) => role === 'listbox')
    await page.keyboard.press('Home')
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown')
    await until('the fourth line', async () => (await chosen(page)).join() === '4')
    await page.keyboard.press('Shift+ArrowDown')
    await until('two lines', async () => (await chosen(page)).join() === '4,5')
    const inView = await row(page, 5).evaluate((r) => {
      const [box, view] = [r, r.closest('[role=listbox]')].map((e) => e.getBoundingClientRect())
      return box.top >= view.top && box.bottom <= view.bottom
    })
    assert.ok(inView, 'the line is in view')
    await tabTo(({ name }) => /^Copy link/.test(name))
    await page.keyboard.press('Enter')
    await until(
      'the link',
      async () => new URL(await clipboard(page)).searchParams.get('L') === '4-5',
    )
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(over <= 0, 'nothing is wider than the page')
    await page.screenshot({
      path: new URL(`../../artifacts/run-keyboard-${size.width}.png`, import.meta.url).pathname,
    })
  }
})
