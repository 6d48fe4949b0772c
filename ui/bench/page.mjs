// One page under measurement: frames, time of its main thread, keys, memory.
import { setTimeout as wait } from 'node:timers/promises'
import { cpu, memoryOf, renderers } from './processes.mjs'

export class Measured {
  constructor(page, session, pid) {
    this.page = page
    this.pid = pid
    this.session = session
  }

  // open gives the page as soon as its log is there; with `isBrief` its process
  // stays unknown, which takes a moment to find.
  static async open(browser, url, { isBrief = false } = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await context.addCookies([{ name: 'mock', value: '1', url: new URL(url).origin }])
    const page = await context.newPage()
    await page.addInitScript(watchKeys)
    await page.addInitScript(watchSearch)
    await page.goto(url, { waitUntil: 'commit' })
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'timeTicks' })
    await page.getByRole('listbox', { name: 'Log lines' }).waitFor()
    return new Measured(page, session, isBrief ? 0 : await processOf(browser, page))
  }

  // frames counts what the page draws for so long: a second's worth, and the
  // longest time between two.
  frames(ms) {
    return this.page.evaluate(
      (ms) =>
        new Promise((done) => {
          const from = performance.now()
          let last = from
          let n = 0
          let longest = 0
          const frame = () => {
            const now = performance.now()
            longest = Math.max(longest, now - last)
            last = now
            n++
            if (now - from < ms) requestAnimationFrame(frame)
            else done({ rate: (n * 1000) / (now - from), longest })
          }
          requestAnimationFrame(frame)
        }),
      ms,
    )
  }

  // busy is the part of a stretch of time, in per cent, in which the main
  // thread ran tasks, and the CPU time of the page and of its workers.
  async busy(ms) {
    const before = { ...(await this.#times()), cpu: cpu(this.pid) }
    await wait(ms)
    const after = { ...(await this.#times()), cpu: cpu(this.pid) }
    const wall = (after.Timestamp - before.Timestamp) * 1000
    const part = (name) => ((after[name] - before[name]) * 1e5) / wall
    const used = (kind) => ((after.cpu[kind] - before.cpu[kind]) * 100) / wall
    return {
      tasks: part('TaskDuration'),
      script: part('ScriptDuration'),
      style: part('RecalcStyleDuration'),
      layout: part('LayoutDuration'),
      page: used('page'),
      workers: used('workers'),
      all: used('all'),
    }
  }

  async #times() {
    const { metrics } = await this.session.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }

  // keys presses real keys, over and over for so long, and says how long each
  // took to be seen, ms.
  async keys(keys, ms) {
    await this.page.evaluate(() => globalThis.keysSeen.clear())
    let pressed = 0
    for (const until = performance.now() + ms; performance.now() < until; pressed++) {
      const next = wait(150)
      await this.page.keyboard.press(keys[pressed % keys.length])
      await next
    }
    await wait(500) // the last one is told a moment after it was painted
    const seen = await this.page.evaluate(() => [...globalThis.keysSeen.values()])
    // What is faster than 16 ms is not told.
    while (seen.length < pressed) seen.push(16)
    return seen
  }

  // memory is what the page's process has for itself (RssAnon), MB: the page,
  // its workers, what it draws with, and garbage that nobody has gathered yet.
  memory() {
    return memoryOf(this.pid)
  }

  // counted is what the browser says that the page and its workers hold, MB.
  counted() {
    return this.page.evaluate(async () => {
      const { bytes } = await performance.measureUserAgentSpecificMemory()
      return bytes / 1e6
    })
  }

  // search types into the field, and says how long it took until so many lines
  // were said to be found: from the last key, and from where a worker was asked
  // to where it had answered.
  async search(text, total) {
    await this.#field.fill('')
    await wait(500) // what was found before is forgotten
    const took = this.page.evaluate(foundAfter, total.toLocaleString('en'))
    await this.#field.fill(text)
    return took
  }

  get #field() {
    return this.page.getByLabel('Search this log', { exact: true })
  }

  // typing is what the keys of a search take, while lines come.
  async typing(text, ms) {
    await this.#field.focus()
    const seen = await this.keys([...text], ms)
    await this.#field.fill('')
    await this.page.getByRole('listbox', { name: 'Log lines' }).focus()
    return seen
  }

  // rowAfter does something and says how long it took until a line was drawn
  // whose number lies there, ms.
  async rowAfter(act, from, to) {
    const drawn = this.page.evaluate(lineDrawn, [from, to])
    await act()
    return drawn
  }

  close() {
    return this.page.context().close()
  }
}

function watchKeys() {
  // One press is a keydown and a keyup: the longer counts, as for a person.
  globalThis.keysSeen = new Map()
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) {
      if (!e.name.startsWith('key') && e.name !== 'input') continue
      const id = e.interactionId || `${e.name} ${e.startTime}`
      if (!e.interactionId && e.name !== 'keydown') continue
      globalThis.keysSeen.set(id, Math.max(globalThis.keysSeen.get(id) ?? 0, e.duration))
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
}

// foundAfter runs in the page, before the field is filled.
function foundAfter(total) {
  return new Promise((done) => {
    let typed = 0
    const is = (text) => text === total || text.endsWith(` of ${total}`)
    const type = () => {
      typed = performance.now()
    }
    addEventListener('input', type, { capture: true, once: true })
    const look = () => {
      const said = [...document.querySelectorAll('[role=status]')]
      if (!typed || !said.some((s) => is(s.textContent))) return
      seen.disconnect()
      const shown = performance.now() - typed
      setTimeout(() => {
        const { asked, answered } = globalThis.searched
        done({ shown, itself: asked > typed ? answered - asked : undefined })
      })
    }
    const seen = new MutationObserver(look)
    seen.observe(document, { subtree: true, childList: true, characterData: true })
  })
}

// lineDrawn runs in the page: it looks at every frame, from now on.
function lineDrawn([from, to]) {
  const began = performance.now()
  return new Promise((done) => {
    const look = () => {
      const rows = [...document.querySelectorAll('[role=listbox] [data-n]:not([hidden])')]
      if (rows.some((row) => +row.dataset.n >= from && +row.dataset.n <= to))
        done(performance.now() - began)
      else requestAnimationFrame(look)
    }
    look()
  })
}

// watchSearch notes when the page asks its log's port for a search, and when
// the answer says that it is done.
function watchSearch() {
  globalThis.searched = { asked: 0, answered: 0 }
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message?.m === 'search' && message.query) {
      globalThis.searched.asked = performance.now()
      const hear = (e) => {
        if (e.data.state?.found?.busy !== false) return
        globalThis.searched.answered = performance.now()
        this.removeEventListener('message', hear)
      }
      this.addEventListener('message', hear)
    }
    return post.call(this, message, ...rest)
  }
}

// processOf finds a page's process: it is kept busy for a moment.
async function processOf(browser, page) {
  const before = await renderers(browser)
  await page.evaluate(() => {
    const until = performance.now() + 400
    while (performance.now() < until);
  })
  const used = [...(await renderers(browser))].map(([id, s]) => [s - (before.get(id) ?? 0), id])
  return used.sort((a, b) => b[0] - a[0])[0][1]
}
