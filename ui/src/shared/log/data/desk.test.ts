import { expect, it, vi } from 'vitest'
import type { ToHandle } from '../messages'
import type { Handle } from '../open'
import type { Source } from './store'
import { deskOf, pageOf } from './testing'

const shown = (log: Handle) =>
  log.rows(0, 50).map((row) => (row?.kind === 'line' ? row.text : undefined))

it('gives no row that the filter hides, also while a pattern is at work', async () => {
  const log = pageOf({ lines: 300 }).log
  await vi.waitFor(() => expect(log.state.getState().rows).toBe(300))
  await vi.waitFor(() => expect(shown(log)[49]).toBe('line 50')) // the window is at the top
  const seen = new Set<string | undefined>()
  log.filter({ text: '^line .*00$', isRegex: true })
  log.watch(() => {
    const { filter, rows } = log.state.getState()
    if (filter && rows > 0) for (const text of shown(log)) seen.add(text)
  })
  await vi.waitFor(() => expect(log.state.getState().rows).toBe(3))
  await vi.waitFor(() => expect(shown(log)).toEqual(['line 100', 'line 200', 'line 300']))
  seen.delete(undefined)
  expect([...seen]).toEqual(['line 100', 'line 200', 'line 300'])
  log.close()
})

it('keeps the rows of a log that is shorter than any window', async () => {
  const log = pageOf({ lines: 1 }).log
  await vi.waitFor(() => expect(log.state.getState().rows).toBe(1))
  await vi.waitFor(() => expect(log.rows(0, 2)).toMatchObject([{ kind: 'line', text: 'line 1' }]))
  log.close()
})

it('asks a relay that does not answer for dropped lines once, not without end', async () => {
  const source = vi.fn<Source>(() => Promise.reject(new Error('the relay answered 503')))
  const { log } = pageOf({ lines: 5000, source, textAtMost: 1 })
  await vi.waitFor(() => expect(log.state.getState().rows).toBe(5000))
  log.watch(() => void log.rows(0, 1)) // as a page that draws whenever something came
  log.rows(0, 1)
  for (let i = 0; i < 100; i++) await log.rowOf(1)
  expect(source).toHaveBeenCalledTimes(1)
  log.close()
})

it('sends the tail as it is, where a shorter view came while it was asked for', async () => {
  const { port } = deskOf({ lines: 300 })
  let rows = 0
  const texts = new Map<number, string>()
  port.onmessage = ({ data }: MessageEvent<ToHandle>) => {
    rows = data.state?.rows ?? rows
    if (data.isFresh) texts.clear()
    data.rows?.rows.forEach((row, i) => {
      if (row?.kind === 'line') texts.set(i + (data.rows?.from ?? 0), row.text)
    })
  }
  await vi.waitFor(() => expect(rows).toBe(300))
  port.postMessage({ m: 'filter', filter: { text: '00' } })
  await vi.waitFor(() => expect(rows).toBe(3))
  port.postMessage({ m: 'want', from: 250, count: 50, isTail: true })
  await vi.waitFor(() => expect([...texts.values()]).toEqual(['line 100', 'line 200', 'line 300']))
  port.postMessage({ m: 'close' })
  port.close()
})
