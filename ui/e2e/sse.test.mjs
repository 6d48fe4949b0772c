// Where WebSockets are blocked: the dashboard works over an event stream, says
// so, and misses nothing; all tabs of a browser share one stream.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allRows, log } from './harness/log.mjs'

const { test, lab, open, newContext, looks, until, proxy } = await desk()
const tag = (page, word) => page.locator('header').getByRole('status').filter({ hasText: word })
const newest = async (page) => {
  const last = log(page).locator('[data-n]:not([hidden])').last()
  return (await last.count()) ? Number(await last.getAttribute('data-n')) : 0
}
const ticks = (n) =>
  `i=1; while [ $i -le ${n} ]; do echo "I/tick: $i"; if [ $((i % 20)) -eq 0 ]; then sleep 0.1; fi; i=$((i + 1)); done`

async function blocked() {
  const way = await proxy()
  way.refuseSockets()
  return way
}

// What the relay counts: sockets and streams.
async function connections() {
  const figures = await lab.get('/metrics')
  return Number(/^farbench_ws_connections (\d+)/m.exec(figures)?.[1])
}

// The run's end may be known, from the lab, before its last lines are here.
async function whole(page, n) {
  await until('the last line', async () => (await newest(page)) >= n)
  const rows = (await allRows(page)).filter((r) => r.text.startsWith('I/tick'))
  assert.equal(rows.length, n)
  for (const [i, row] of rows.entries()) assert.equal(row.text, `I/tick: ${i + 1}`)
}

test('the dashboard says so, and a reload in the middle of a run misses no line', async () => {
  const way = await blocked()
  const page = await open(`/r/${await lab.start(ticks(1500))}`, { via: way })
  await page.getByText('Connected without WebSocket.').waitFor()
  await page.getByText('A little slower, nothing missing.').waitFor()
  await until('some lines', async () => (await newest(page)) > 50)
  await page.reload()
  await until('lines after the reload', async () => (await newest(page)) > 0)
  await tag(page, 'Exited 0').waitFor({ timeout: 60_000 })
  await whole(page, 1500)
  await looks(page, 'run-without-websocket')
  await page.getByRole('button', { name: 'Hide' }).click()
  await page.getByText('Connected without WebSocket.').waitFor({ state: 'hidden' })
})

test('a cut for some seconds leaves no hole', async () => {
  const way = await blocked()
  const page = await open(`/r/${await lab.start(ticks(2000))}`, { via: way })
  await until('some lines', async () => (await newest(page)) > 100)
  way.cut()
  await page.getByText('Connection lost.').waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0, 'a loss is no dialog')
  await page.getByText(/Trying again/).waitFor()
  way.mend()
  await page.getByText('Connected without WebSocket.').waitFor({ timeout: 30_000 })
  await tag(page, 'Exited 0').waitFor({ timeout: 60_000 })
  await whole(page, 2000)
})

test('six tabs share one stream, each with every line; the last one ends it', async () => {
  const way = await blocked()
  const context = await newContext({ via: way })
  await until('nobody is connected', async () => (await connections()) === 0)
  const id = await lab.start(ticks(1200))
  const pages = []
  for (let i = 0; i < 6; i++) {
    pages.push(await open(i === 5 ? '/' : `/r/${id}`, { via: way, context }))
  }
  assert.equal(await connections(), 1)
  const runs = pages.slice(0, 5)
  for (const page of runs) {
    await page.bringToFront()
    await tag(page, 'Exited 0').waitFor({ timeout: 60_000 })
    await whole(page, 1200)
  }
  await pages[5].bringToFront()
  assert.ok(await pages[5].getByText('Connected without WebSocket.').isVisible())
  for (const page of pages.slice(1)) await page.close()
  assert.equal(await connections(), 1)
  await pages[0].close()
  await until('the stream is gone', async () => (await connections()) === 0)
})

test('WebSockets that pass again are taken at the next reconnect', async () => {
  const way = await blocked()
  const page = await open('/', { via: way })
  await page.getByText('Connected without WebSocket.').waitFor()
  way.refuseSockets(false)
  way.cut()
  await page.getByText('Connection lost.').waitFor()
  way.mend()
  await page.getByText('Connected again.').waitFor({ timeout: 30_000 })
  assert.equal(await page.getByText('Connected without WebSocket.').count(), 0)
})
