// The two things that are measured: a log while its lines come, and a run of
// before that somebody opens.
import { setTimeout as wait } from 'node:timers/promises'
import { launch, source } from './browser.mjs'
import { foundIn, pattern, word } from './lines.mjs'
import { Measured } from './page.mjs'
import { load } from './processes.mjs'

export const at = (v, part) =>
  v.toSorted((a, b) => a - b)[Math.min(v.length - 1, Math.floor(v.length * part))]
const median = (v) => at(v, 0.5)

async function withPage({ dist, lines, path }, measure) {
  const from = await source(dist, lines)
  const browser = await launch().catch(async (e) => {
    await from.stop()
    throw e
  })
  try {
    return await measure(browser, from, from.url + path)
  } finally {
    await browser.close()
    await from.stop()
  }
}

// flood takes each figure in a stretch of its own: what counts frames or presses
// keys keeps the page busy itself.
export function flood({ lines, rate, isOurs, ...of }) {
  return withPage({ lines, ...of }, async (browser, from, url) => {
    const view = await Measured.open(browser, url)
    const list = view.page.getByRole('listbox', { name: 'Log lines' })
    await wait(1500)
    const idle = await view.frames(2000)
    const before = view.memory()
    const all = (lines / rate) * 1000 // ms
    const ended = from.flood(rate)
    await wait(all * 0.06)
    const frames = await view.frames(all * 0.18)
    const loads = [load()]
    const following = await view.busy(all * 0.2)
    await list.focus()
    const keys = await view.keys('jjjk', all * 0.18)
    const typing = await view.typing('display 2', all * 0.06)
    const paused = await view.busy(all * 0.15)
    await view.page.keyboard.press('End')
    await ended
    await wait(1000)
    const peak = view.memory() - before
    loads.push(load())
    const found = foundIn(lines)
    const literal = []
    for (let i = 0; i < 3; i++) literal.push(await view.search(word, found.words))
    const regex = isOurs ? await searchPattern(view, found.patterns) : undefined
    await wait(8000)
    const rest = view.memory() - before
    return {
      idle: idle.rate,
      frames: frames.rate,
      longest: frames.longest,
      following,
      paused,
      keys,
      typing,
      peak,
      rest,
      counted: await view.counted(),
      search: median(literal.map((l) => l.itself ?? l.shown)),
      searchSeen: median(literal.map((l) => l.shown)),
      regex,
      load: Math.max(...loads),
    }
  })
}

async function searchPattern(view, total) {
  const button = view.page.getByRole('button', { name: 'Regular expression' }).first()
  await button.click()
  const took = await view.search(pattern, total)
  await button.click()
  return took.itself
}

// cold opens a run of so many lines that ended before.
export function cold({ lines, ...of }) {
  return withPage({ lines, ...of }, async (browser, from, url) => {
    await from.finish()
    const began = performance.now()
    const view = await Measured.open(browser, url, { isBrief: true })
    const first = view.rowAfter(() => undefined, 1, lines).then(() => performance.now() - began)
    const last = view.rowAfter(() => undefined, lines, lines).then(() => performance.now() - began)
    const times = { first: await first, last: await last }
    await wait(3000)
    const strip = await view.page.getByRole('scrollbar').boundingBox()
    const middle = () =>
      view.page.mouse.click(strip.x + strip.width - 7, strip.y + strip.height / 2)
    const jump = await view.rowAfter(middle, lines * 0.4, lines * 0.6)
    return { ...times, jump }
  })
}
