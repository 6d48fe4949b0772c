// A run as testers watch it: following, searching, filtering, going from error
// to error, marking, linking, copying, and what one does with the run itself.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allLines, log, newest } from './harness/log.mjs'
import { sizes } from './harness/looks.mjs'

const { test, lab, open, calm, looks, until } = await desk()

// 600 lines: a warning, an error, a line of stderr and a quiet one in each 100.
const story = `i=1; while [ $i -le 600 ]; do
  case $((i % 100)) in
    10) echo "W/nav: getRoot() pending, try $i";;
    50) echo "E/nav: getRoot() called while not connected, try $i";;
    70) echo "nav: sorry about $i" >&2;;
    90) echo "D/nav: quiet $i";;
    *) echo "I/nav: step $i of the map";;
  esac
  i=$((i + 1))
done`
const ticking = 'i=1; while true; do echo "I/tick: $i"; sleep 0.02; i=$((i + 1)); done'

let told // the story's run, once for all who only read it
const tell = async () => {
  told ??= lab.exec(story).then(async (id) => ({ id, lines: await lab.lines(id) }))
  return told
}
const tag = (page, word) => page.locator('header').getByRole('status').filter({ hasText: word })
const row = (page, n) => log(page).locator(`[data-n="${n}"]:not([hidden])`)
const chosen = (page) => log(page).locator('[data-n][aria-selected=true]:not([hidden])')
const field = (page) => page.getByRole('textbox', { name: 'Search this log' })
const place = (page) => page.getByRole('search', { name: 'This log' }).getByRole('status')
const param = (page, name) => new URL(page.url()).searchParams.get(name)
const first = (page) =>
  log(page).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect()
    const rows = [...scroller.querySelectorAll('[data-n]:not([hidden])')]
    return Number(rows.find((r) => r.getBoundingClientRect().bottom > top + 1)?.dataset.n ?? 0)
  })
const isSeen = (page, n) =>
  row(page, n).evaluate((element) => {
    const box = element.getBoundingClientRect()
    const view = element.closest('[role=listbox]').getBoundingClientRect()
    return box.top >= view.top - 1 && box.bottom <= view.bottom + 1
  })
const showsAt = (page, n, text) =>
  until(`line ${n}`, async () => {
    const isThere = (await row(page, n).count()) === 1 && (await isSeen(page, n))
    return isThere && (await row(page, n).textContent()).includes(text)
  })

test('a log follows; scrolling up pauses it and counts what comes; End follows again', async () => {
  const id = await lab.start(ticking)
  const page = await open(`/r/${id}`)
  await until('lines beyond the view', async () => (await newest(page)) > 80)
  await page.getByRole('button', { name: 'Following' }).waitFor()
  await log(page).hover()
  await page.mouse.wheel(0, -400)
  const fresh = page.getByRole('button', { name: /^[\d,]+ new$/ })
  await fresh.waitFor()
  const stood = await first(page)
  const counted = Number.parseInt(await fresh.textContent(), 10)
  await until(
    'more new lines',
    async () => Number.parseInt(await fresh.textContent(), 10) > counted + 20,
  )
  assert.equal(await first(page), stood, 'what one reads stays where it is')
  await page.getByText(/^Paused at [\d,]+/).waitFor()
  await looks(page, 'run-paused')

  await log(page).press('End')
  await fresh.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Following' }).waitFor()
  const end = await newest(page)
  await until('newer lines', async () => (await newest(page)) > end + 10)

  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'Follow', exact: false }).waitFor()
  await fresh.click()
  await page.getByRole('button', { name: 'Following' }).waitFor()
  await lab.cancel(id)
  await tag(page, 'Cancelled').waitFor()
})

test('a search says where it stands, goes round, and takes patterns', async () => {
  const { id, lines } = await tell()
  const page = await open(`/r/${id}`)
  await calm(page)
  await page.keyboard.press('/')
  await page.keyboard.type('getroot')
  const hits = lines.map((text, i) => (/getroot/i.test(text) ? i + 1 : 0)).filter(Boolean)
  assert.equal(hits.length, 12)
  await until('12 matches', async () => /^12$|of 12$/.test(await place(page).textContent()))
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape') // back to the log
  const stands = (n) =>
    until(`match ${n}`, async () => (await place(page).textContent()) === `${n} of 12`)
  await stands(1)
  await showsAt(page, hits[0], 'getRoot()')
  for (const n of [2, 3]) {
    await page.keyboard.press('n')
    await stands(n)
  }
  await until('its line', async () => Number(param(page, 'L')) === hits[2])
  await page.keyboard.press('N')
  await stands(2)
  await page.keyboard.press('N')
  await page.keyboard.press('N')
  await stands(12)
  await page.getByText('went on from the end').waitFor()
  await page.keyboard.press('n')
  await stands(1)
  await looks(page, 'run-search')

  await page.getByRole('button', { name: 'Regular expression' }).click()
  await field(page).fill('called .* try (1|3)50$')
  await until('2 matches', async () => /\b2$/.test(await place(page).textContent()))
  await page.getByRole('button', { name: 'Match case' }).click()
  await field(page).fill('GETROOT')
  await until('no match', async () => (await place(page).textContent()) === 'no match')
  await until('it in the address', async () => param(page, 'q') === 'GETROOT')
  await page.reload()
  await until('the search of before', async () => (await field(page).inputValue()) === 'GETROOT')
  await until('no match again', async () => (await place(page).textContent()) === 'no match')
})

test('what is typed after `/` is the search from its first letter on', async () => {
  const { id } = await tell()
  const page = await open(`/r/${id}`)
  for (const { width, height } of sizes) {
    await page.setViewportSize({ width, height })
    await page.goto(`${new URL(page.url()).origin}/r/${id}`)
    await calm(page)
    const name = await page.evaluate(() => {
      const init = { key: '/', bubbles: true, cancelable: true }
      document.body.dispatchEvent(new KeyboardEvent('keydown', init))
      return document.activeElement?.getAttribute('aria-label')
    })
    assert.equal(name, 'Search this log', `at ${width} px`)
  }
})

test('a faulty pattern is told in words, and one that explodes is stopped', async () => {
  const id = await lab.exec(`echo ${'a'.repeat(60)}X; echo after`)
  const page = await open(`/r/${id}`)
  await page.getByRole('button', { name: 'Regular expression' }).click()
  await field(page).fill('(after')
  const said = page.getByRole('alert')
  await page.getByText('Missing “)” for a “(”, at character 1').waitFor()
  assert.equal(await field(page).getAttribute('aria-invalid'), 'true')
  await looks(page, 'run-faulty-pattern', { isBrief: true })

  await field(page).fill('(a+)+$')
  await until('that it takes too long', async () => /too long/i.test(await said.textContent()))
  const at = await page.evaluate(() => performance.now())
  await field(page).fill('after')
  await until('the next pattern', async () => (await place(page).textContent()) === '1')
  await said.waitFor({ state: 'detached' })
  assert.ok((await page.evaluate(() => performance.now())) - at < 5000, 'the page kept working')
})

test('lines are filtered by level, stream and text, also the other way round', async () => {
  const { id, lines } = await tell()
  const page = await open(`/r/${id}`)
  const shows = async (what, holds) => {
    const wanted = lines.filter(holds)
    await until(what, async () => {
      const got = await allLines(page)
      return got.length === wanted.length && got.every((text, i) => text === wanted[i])
    })
  }
  const chip = (level) => page.getByRole('button', { name: new RegExp(`${level} lines`) })
  await chip('info').click()
  await shows('all but info', (text) => !text.startsWith('I/'))
  assert.equal(await chip('info').getAttribute('aria-pressed'), 'false')
  await looks(page, 'run-filtered', { isBrief: true })
  await chip('info').click()
  await chip('error').click({ modifiers: ['Alt'] })
  await shows('errors alone', (text) => text.startsWith('E/'))
  await chip('error').click({ modifiers: ['Alt'] })

  const streams = page.getByRole('radiogroup', { name: 'Streams' })
  await streams.getByText(/^err/).click()
  await shows('stderr alone', (text) => text.startsWith('nav: sorry'))
  await streams.getByText('All').click()

  await page.getByRole('button', { name: /^Text filter/ }).click()
  const text = page.getByRole('textbox', { name: 'Text in the line' })
  await text.fill('getRoot')
  await shows('lines with the text', (line) => line.includes('getRoot'))
  await page.getByText('Lines without').click()
  await shows('lines without it', (line) => !line.includes('getRoot'))
  await page.getByRole('dialog').getByRole('button', { name: 'Regular expression' }).click()
  await text.fill('step|getRoot')
  await shows('lines without either', (line) => !/step|getRoot/.test(line))
  await text.fill('(step')
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await text.fill('step|getRoot')
  await looks(page, 'run-text-filter', { widths: [1440, 1024] })
  await text.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  // What is shown stands in the address.
  await until('the filter in the address', async () => param(page, 'x') === 'step|getRoot')
  const other = await open(new URL(page.url()).pathname + new URL(page.url()).search)
  const got = await until('its lines there', async () => {
    const there = await allLines(other)
    return there.length === lines.filter((line) => !/step|getRoot/.test(line)).length && there
  })
  assert.ok(got.every((line) => !/step|getRoot/.test(line)))
})

test('e and E go from error to error, a and A from warning to warning', async () => {
  const { id, lines } = await tell()
  const page = await open(`/r/${id}`)
  const of = (letter) =>
    lines.map((text, i) => (text.startsWith(`${letter}/`) ? i + 1 : 0)).filter(Boolean)
  const [errors, warnings] = [of('E'), of('W')]
  await log(page).press('Home')
  for (const n of errors.slice(0, 3)) {
    await page.keyboard.press('e')
    await showsAt(page, n, 'called while not connected')
    await until('it is chosen', async () => (await chosen(page).getAttribute('data-n')) === `${n}`)
  }
  await page.keyboard.press('E')
  await until('the one before', async () => Number(param(page, 'L')) === errors[1])
  await page.keyboard.press('a')
  await until('the next warning', async () => Number(param(page, 'L')) === warnings[2])
  await page.keyboard.press('A')
  await until('the warning before', async () => Number(param(page, 'L')) === warnings[1])

  // The same without keys.
  await page.getByRole('button', { name: 'More of this log' }).click()
  await page.getByRole('menuitem', { name: /Previous error/ }).click()
  await until('the error before', async () => Number(param(page, 'L')) === errors[0])
})

test('the overview shows where errors lie, and is dragged, clicked and moved by keys', async () => {
  const { id } = await tell()
  const page = await open(`/r/${id}`)
  await calm(page)
  const strip = page.getByRole('scrollbar', { name: 'Overview of the log' })
  await strip.waitFor()
  const at = async () => Number(await strip.getAttribute('aria-valuenow'))
  await until('all lines', async () => (await strip.getAttribute('aria-valuemax')) === '600')
  // Six errors in 600 lines: six places of the picture hold the errors' colour.
  const places = () =>
    strip.locator('canvas').evaluate((canvas) => {
      const copy = Object.assign(document.createElement('canvas'), {
        width: 1,
        height: canvas.height + 1,
      })
      const ink = copy.getContext('2d', { willReadFrequently: true })
      ink.drawImage(canvas, 3 - canvas.width, 0)
      ink.fillStyle = getComputedStyle(canvas).getPropertyValue('--fb-log-error').trim()
      ink.fillRect(0, canvas.height, 1, 1)
      const dots = new Uint32Array(ink.getImageData(0, 0, 1, copy.height).data.buffer)
      const error = dots[canvas.height]
      return dots.slice(0, -1).filter((dot, y) => dot === error && dots[y - 1] !== error).length
    })
  await until('six marks', async () => (await places()) === 6)

  const box = await strip.boundingBox()
  const x = box.x + box.width / 2
  await page.mouse.click(x, box.y + box.height / 2)
  await until('the middle', async () => Math.abs((await first(page)) - 290) < 30)
  await page.mouse.move(x, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(x, box.y + 1, { steps: 4 })
  await page.mouse.up()
  await until('the first line', async () => (await first(page)) === 1 && (await at()) === 1)
  await strip.press('ArrowDown')
  await until('the second line', async () => (await first(page)) === 2)
  await strip.press('PageDown')
  await until('a page on', async () => (await first(page)) > 20)
  await strip.press('End')
  await until('the end', async () => (await newest(page)) === 600)
  await strip.press('Home')
  await until('the first line again', async () => (await first(page)) === 1)
})

test('long lines wrap, times are told three ways, and both stay so', async () => {
  const id = await lab.exec(`echo ${'word '.repeat(120)}; sleep 0.2; echo done`)
  const page = await open(`/r/${id}`)
  await calm(page)
  const height = (n) => row(page, n).evaluate((element) => element.offsetHeight)
  await until('the lines', async () => (await row(page, 2).count()) === 1)
  assert.equal(await height(1), await height(2), 'rows are equally high')
  await page.keyboard.press('w')
  await until('a high row', async () => (await height(1)) > (await height(2)))
  await showsAt(page, 2, 'done')

  const time = async (n) => (await row(page, n).textContent()).slice(String(n).length)
  await page.getByRole('button', { name: 'Times: clock' }).waitFor()
  assert.match(await time(2), /^\d\d:\d\d:\d\d\.\d{3}done$/)
  await page.keyboard.press('t')
  await until('times from the start', async () => /^\d\d:\d\d\.\d{3}done$/.test(await time(2)))
  await page.getByRole('button', { name: 'Times: relative' }).click()
  await page.getByRole('menuitemradio', { name: 'Delta' }).click()
  await until('times between lines', async () => /^\+\d+\.\d{3}done$/.test(await time(2)))
  await looks(page, 'run-wrapped', { isBrief: true })
  await page.reload()
  await until('both as before', async () => {
    const isHigh = (await height(1)) > (await height(2))
    return isHigh && /^\+\d+\.\d{3}done$/.test(await time(2))
  })
})
