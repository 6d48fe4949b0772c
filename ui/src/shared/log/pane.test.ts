import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeLog, line } from './fakeLog'
import { Pane } from './pane'
import { plainLooks } from './rowView'

const view = 200 // px: ten rows
const row = 20

let scroller: HTMLElement
let pane: Pane

// happy-dom lays nothing out: heights are told, and a wrapped row is as high as
// its text is long.
beforeEach(() => {
  scroller = document.createElement('div')
  document.body.append(scroller)
  viewIs(view)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockImplementation(function (
    this: HTMLElement,
  ) {
    return row * Math.max(1, Math.ceil((this.lastElementChild?.textContent?.length ?? 0) / 20))
  })
})
afterEach(() => {
  pane.close()
  scroller.remove()
})

const viewIs = (value: number) =>
  Object.defineProperty(scroller, 'clientHeight', { value, configurable: true })
const made = (fake: FakeLog, isWrapped = false) => {
  pane = new Pane(scroller, fake.log, plainLooks, { line: row, isWrapped })
  return pane
}
const shown = () =>
  [...scroller.querySelectorAll<HTMLElement>('[data-n]')]
    .filter((e) => !e.hidden)
    .map((e) => Number(e.dataset.n))
const texts = () =>
  [...scroller.querySelectorAll<HTMLElement>('[role=option]')]
    .filter((e) => !e.hidden && e.getAttribute('aria-hidden') !== 'true')
    .map((e) => e.lastElementChild?.textContent)
const until = (holds: () => void) => vi.waitFor(holds, { timeout: 3000, interval: 5 })
const scrollTo = (top: number) => {
  scroller.scrollTop = top
  scroller.dispatchEvent(new Event('scroll'))
}

describe.each([false, true])('a pane, wrapped: %s', (isWrapped) => {
  it('follows the end with as many elements as fit', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    expect(scroller.querySelectorAll('[role=option]').length).toBeLessThan(15)
    fake.print(5)
    await until(() => expect(shown().at(-1)).toBe(1005))
    expect(shown()).toEqual([...shown()].sort((a, b) => a - b))
  })

  it('stands still while it is paused, counts what came, and goes back to the end', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    pane.pause()
    const before = shown()[0]
    fake.print(321)
    await until(() => expect(pane.state.getState().fresh).toBe(321))
    expect(pane.state.getState().first).toBeLessThan(1000)
    expect(shown()[0]).toBeGreaterThanOrEqual(before! - 2)
    expect(shown().at(-1)).toBeLessThan(1004)
    pane.follow()
    await until(() => expect(shown().at(-1)).toBe(1321))
  })

  it('brings a line into the middle, first and last too', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    await pane.show(500, true)
    await until(() => expect(shown()).toContain(500))
    expect(shown()).toContain(496)
    expect(shown()).toContain(504)
    pane.goTo(0, 'near')
    await until(() => expect(shown()[0]).toBe(1))
    pane.goTo(999, 'near')
    await until(() => expect(shown()).toContain(1000))
    expect(pane.state.getState().following).toBe(false)
  })

  it('pauses when somebody scrolls up, and follows again at the end', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(scroller.scrollTop).toBeGreaterThan(0))
    scrollTo(scroller.scrollTop - 100)
    expect(pane.state.getState().following).toBe(false)
    await until(() => expect(shown()).toContain(994))
    scrollTo(100_000_000)
    scrollTo(scroller.scrollTop)
    pane.follow()
    await until(() => expect(shown().at(-1)).toBe(1000))
  })

  // A bar above the log comes or goes, and moves the log's edge.
  it.each([
    ['grows', view + 3 * row],
    ['shrinks', view - 3 * row],
  ])('goes where somebody scrolls while the view %s', async (_, height) => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    scrollTo(0)
    await until(() => expect(shown()[0]).toBe(1))
    viewIs(height)
    scrollTo(8 * row)
    await until(() => expect(shown()[0]).toBe(9))
    expect(pane.state.getState().following).toBe(false)
  })

  it('takes a push back to the end, by the browser, for nobody’s wish', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    const height = () => Number.parseInt(scroller.querySelector('div')!.style.height, 10)
    Object.defineProperty(scroller, 'scrollHeight', { get: height })
    const push = (grown: number) => {
      viewIs(grown)
      scrollTo(Math.min(scroller.scrollTop, height() - grown))
    }
    push(view + row)
    expect(pane.state.getState().following).toBe(true)
    pane.goTo(987, 'top')
    push(view + 5 * row)
    expect(pane.state.getState().following).toBe(false)
  })

  it('draws what is not at hand as soon as it comes', async () => {
    const fake = new FakeLog().print(50)
    fake.hidden.add(46)
    made(fake, isWrapped)
    await until(() => expect(texts()).toContain(''))
    fake.hidden.clear()
    fake.tell()
    await until(() => expect(shown()).toContain(47))
    expect(texts()).not.toContain('')
  })

  it('draws again what has changed', async () => {
    const fake = new FakeLog().print(10)
    made(fake, isWrapped)
    await until(() => expect(texts()).toContain('line 5'))
    fake.rows[4] = line(5, { text: 'another' })
    fake.tell({ version: 1 })
    await until(() => expect(texts()).toContain('another'))
  })

  it('finds its line again when a filter takes others away', async () => {
    const fake = new FakeLog().print(1000)
    made(fake, isWrapped)
    await until(() => expect(shown().at(-1)).toBe(1000))
    pane.goTo(500, 'top')
    await until(() => expect(shown()[0]).toBe(501))
    fake.rows = fake.rows.filter((_, i) => i % 10 === 0)
    fake.tell({ version: 1, filter: { text: 'x' } })
    await until(() => expect(shown()).toContain(501))
    expect(shown()).toContain(511)
  })
})

it('keeps a wrapped view where it was while rows of any height come', async () => {
  const fake = new FakeLog()
  for (let i = 1; i <= 300; i++) fake.rows.push(line(i, { text: 'x'.repeat((i % 7) * 18) }))
  fake.tell()
  made(fake, true)
  await until(() => expect(shown().at(-1)).toBe(300))
  scrollTo(scroller.scrollTop - 150)
  await until(() => expect(pane.state.getState().following).toBe(false))
  const first = pane.state.getState().firstLine
  fake.print(40, { text: 'y'.repeat(100) })
  await until(() => expect(pane.state.getState().fresh).toBe(40))
  expect(pane.state.getState().firstLine).toBe(first)
})

it('says which row the cursor is on, and offers lines that still exist', async () => {
  const fake = new FakeLog().print(3).gap(1204, true).gap(5, false).print(2)
  made(fake)
  pane.look({ ...plainLooks, from: 2, to: 3, cursor: 3 })
  await until(() => expect(scroller.getAttribute('aria-activedescendant')).toBe(`${pane.name}-3`))
  const chosen = [...scroller.querySelectorAll<HTMLElement>('[aria-selected=true]')]
  expect(chosen.map((e) => e.dataset.n)).toEqual(['2', '3'])
  expect(texts()[3]).toBe('1,204 lines not received 4 to 1,207. The spool was full.Load')
  expect(texts()[4]).toBe('5 lines lost 1,208 to 1,212. The spool was full.')
})

it('draws markup, escapes and signs as text, hits and the current hit marked', async () => {
  const fake = new FakeLog()
  const text = '<img src=x onerror=alert(1)> \u202e turned <b>'
  fake.rows.push(line(1, { text, hits: [[0, 4]] }), line(2, { text: 'img', hits: [[0, 3]] }))
  fake.tell()
  made(fake)
  pane.look({ ...plainLooks, cursor: 2, from: 2, to: 2 })
  await until(() => expect(texts()).toHaveLength(2))
  expect(scroller.querySelector('img, b:not([class])')).toBeNull()
  expect(texts()[0]).toBe('<img src=x onerror=alert(1)> ‹U+202E› turned <b>')
  const marks = [...scroller.querySelectorAll('mark')]
  expect(marks.map((m) => m.textContent)).toEqual(['<img', 'img'])
  expect(marks[0]?.className).not.toBe(marks[1]?.className)
})

it('cuts a line of a megabyte, and shows all of it when asked', async () => {
  const fake = new FakeLog()
  fake.rows.push(line(1, { text: 'x'.repeat(1_000_000) }))
  fake.tell()
  made(fake)
  await until(() => expect(texts()[0]).toMatch(/995,904 more characters, show all$/))
  pane.look({ ...plainLooks, whole: new Set([1]) })
  await until(() => expect(texts()[0]).toHaveLength(1_000_000))
})
