// What a device may print, as lines of a real run: markup, escapes that would
// steer a terminal, a megabyte without an end, text that runs the other way,
// characters that nobody sees, bytes that are no text. All of it is shown, none
// of it does anything.
import assert from 'node:assert/strict'
import { escapes, markup } from '../mock/hostile.mjs'
import { desk } from './harness/desk.mjs'
import { allRows, log } from './harness/log.mjs'

const { test, lab, open, looks, until } = await desk()
const row = (page, n) => log(page).locator(`[data-n="${n}"]:not([hidden])`)

// print is a command that prints each text on a line, byte by byte. Halves of
// surrogate pairs are written as they would be were they characters.
const print = (texts) => texts.map((text) => `printf '${octal(text)}\\012'`).join('\n')
const octal = (text) =>
  [...text]
    .map((char) => [...bytes(char)].map((b) => `\\${b.toString(8).padStart(3, '0')}`).join(''))
    .join('')
function bytes(char) {
  const code = char.codePointAt(0)
  if (code < 0xd800 || code > 0xdfff) return Buffer.from(char)
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
}

const harmless = async (page) => {
  const seen = await page.evaluate(() => ({
    pwned: globalThis.pwned,
    foreign: document.querySelectorAll(
      'img, iframe, object, embed, base, [onload], [onerror], [onmouseover], a[href^="javascript:"], script:not([src])',
    ).length,
    frames: globalThis.frames.length,
  }))
  assert.deepEqual(seen, { pwned: undefined, foreign: 0, frames: 0 })
}

// Every row stands under the one before it and is as high as the others.
const inOrder = async (page) => {
  const rows = await log(page).evaluate((scroller) =>
    [...scroller.querySelectorAll('[data-n]:not([hidden])')].map((r) => {
      const { top, height } = r.getBoundingClientRect()
      return { n: +r.dataset.n, top, height }
    }),
  )
  for (const [i, { n, top, height }] of rows.entries()) {
    assert.equal(height, 20, `row ${n}`)
    if (i > 0) assert.ok(Math.abs(top - rows[i - 1].top - 20) < 1, `row ${n} keeps its place`)
  }
}

test('markup is text', async () => {
  const id = await lab.exec(print(markup))
  const page = await open(`/r/${id}`)
  await until('all lines', async () => (await row(page, markup.length).count()) === 1)
  const shown = (await allRows(page)).map((r) => r.text)
  assert.deepEqual(shown, markup)
  await harmless(page)
  await inOrder(page)
  await looks(page, 'run-markup', { isBrief: true })
  await harmless(page)
})

test('escapes steer nothing; what nobody would see is shown as a sign', async () => {
  const id = await lab.exec(print(['before', ...escapes, 'after']))
  const page = await open(`/r/${id}`)
  await page.waitForFunction(() => document.title.startsWith('Exited 0: printf '))
  const title = await page.title()
  await until('all lines', async () => (await row(page, escapes.length + 2).count()) === 1)
  const rows = (await allRows(page)).map((r) => r.text)
  assert.equal(rows.length, escapes.length + 2)
  assert.equal(rows[0], 'before')
  assert.equal(rows.at(-1), 'after')
  const of = (part) => rows.find((text) => text.includes(part))
  assert.equal(of('after a title'), 'after a title')
  assert.equal(of('cleared'), 'cleared and home')
  assert.equal(of('back'), 'back␈␈␈space␍over\ttab␀nul␡del')
  assert.equal(
    of('gnp.exe'),
    '‹U+202E›gnp.exe‹U+202C› overridden, ‹U+2066›isolated‹U+2069›, ‹U+200F›mark',
  )
  assert.equal(of('zero'), 'zero‹U+200B›width‹U+200D›joiner‹U+FEFF›bom‹U+2060›')
  assert.match(of('lone'), /^lone \ufffd+ high, low \ufffd+ surrogates$/)
  assert.equal(of('right to left'), 'مرحبا بالعالم right to left')
  // Colours that were never ended end with their line.
  assert.equal(await row(page, rows.length).locator('[style*="color"]').count(), 0)
  assert.equal(await page.title(), title, 'the title is the page’s own')
  await harmless(page)
  await inOrder(page)

  // A row that runs the other way leaves number and time where they are.
  const place = await log(page).evaluate((scroller) =>
    [...scroller.querySelectorAll('[data-n]:not([hidden])')].map((r) =>
      [...r.children].slice(0, 6).map((cell) => Math.round(cell.getBoundingClientRect().left)),
    ),
  )
  for (const cells of place) assert.deepEqual(cells, place[0])
})

test('a megabyte on one line takes no more room than another', async () => {
  const id = await lab.exec(
    "echo before; head -c 1048576 /dev/zero | tr '\\0' 'm'; echo; echo after",
  )
  const page = await open(`/r/${id}`)
  await until('the last line', async () => /after/.test(await log(page).textContent()))
  await inOrder(page)
  const long = log(page).locator('[data-n="2"]:not([hidden])')
  await long.getByText(/more characters, show all/).waitFor()
  assert.ok((await long.textContent()).length < 5000, 'a row is cut')
  await long.getByText(/show all/).click()
  await until('all of it', async () => (await long.textContent()).length > 60_000)
  await page.keyboard.press('w')
  await until('wrapped', async () => (await long.evaluate((r) => r.offsetHeight)) > 200)
  await log(page).press('End')
  await until('the end', async () => /after/.test(await log(page).textContent()))
})

test('ANSI colours are drawn, and can be read in either scheme', async () => {
  const colours = [
    ...Array.from(
      { length: 8 },
      (_, i) => `\u001b[3${i}mfg${i}\u001b[0m \u001b[9${i}mbright${i}\u001b[0m`,
    ),
    ...Array.from(
      { length: 8 },
      (_, i) => `\u001b[4${i}mbg${i}\u001b[0m \u001b[10${i}mlight${i}\u001b[0m`,
    ),
    '\u001b[38;5;208morange\u001b[0m \u001b[38;2;20;20;60mnight\u001b[0m \u001b[48;5;22;37mforest\u001b[0m',
    '\u001b[1mbold\u001b[0m \u001b[3mitalic\u001b[0m \u001b[4mlined\u001b[0m \u001b[9mstruck\u001b[0m \u001b[7minverse\u001b[0m \u001b[2mdim\u001b[0m',
    '\u001b[1;31mE/nav: bold red\u001b[0m and its level',
  ]
  const id = await lab.exec(print(colours))
  const page = await open(`/r/${id}`)
  await until('all lines', async () => (await row(page, colours.length).count()) === 1)
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme })
    await until(`the ${scheme} scheme`, () =>
      page.evaluate((s) => document.documentElement.dataset.mantineColorScheme === s, scheme),
    )
    await until(
      'readable colours',
      async () => {
        const pale = (await page.evaluate(contrasts)).filter(({ ratio }) => ratio < 4.5)
        assert.deepEqual(pale, [], `pale in ${scheme}`)
        return true
      },
      3000,
    )
  }
  const face = (text) =>
    log(page)
      .getByText(text, { exact: true })
      .evaluate((e) => {
        const { fontWeight, fontStyle, textDecorationLine, color, backgroundColor } =
          getComputedStyle(e)
        return { fontWeight, fontStyle, textDecorationLine, color, backgroundColor }
      })
  assert.equal((await face('bold')).fontWeight, '700')
  assert.equal((await face('italic')).fontStyle, 'italic')
  assert.equal((await face('lined')).textDecorationLine, 'underline')
  assert.equal((await face('struck')).textDecorationLine, 'line-through')
  const clear = 'rgba(0, 0, 0, 0)'
  assert.notEqual((await face('inverse')).backgroundColor, clear)
  assert.notEqual((await face('bg1')).backgroundColor, clear)
  const all = await Promise.all(
    ['fg1', 'fg2', 'fg3', 'fg4'].map(async (t) => (await face(t)).color),
  )
  assert.equal(new Set(all).size, 4, 'colours differ')
  await looks(page, 'run-ansi', { isBrief: true })
})

// contrasts runs in the page: each coloured stretch against its own ground.
function contrasts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const c = v / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor)
      if (colour[3] === 255) return colour
    }
    return [255, 255, 255]
  }
  return [...document.querySelectorAll('[role=listbox] [data-n]:not([hidden]) span[style]')].map(
    (e) => {
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))]
      return { text: e.textContent, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }
    },
  )
}

test('stderr is told apart without colour', async () => {
  const id = await lab.exec('echo to stdout; sleep 0.1; echo to stderr >&2; sleep 0.1; echo done')
  const page = await open(`/r/${id}`)
  await until('all lines', async () => (await row(page, 3).count()) === 1)
  await row(page, 2).getByText('err', { exact: true }).waitFor()
  assert.equal(await row(page, 1).getByText('err', { exact: true }).count(), 0)
  const border = await row(page, 2)
    .getByText('err', { exact: true })
    .evaluate((e) => getComputedStyle(e).borderTopWidth)
  assert.equal(border, '1px', 'the word stands in a box')
  await page.emulateMedia({ forcedColors: 'active' })
  await page.screenshot({
    path: new URL('../../artifacts/run-stderr-forced-colours.png', import.meta.url).pathname,
  })
})
