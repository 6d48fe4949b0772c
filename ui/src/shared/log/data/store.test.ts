import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Block } from '@/shared/wire'
import type { LineRow } from '../lines'
import { linesAtMost } from './segment'
import { isGap, LineStore, type Source } from './store'
import { block, random, relay, rowsOf } from './testing'

// The same files are read by the Go tests of agent/wire.
const golden = (name: string): Block =>
  JSON.parse(readFileSync(`../agent/wire/testdata/blocks/${name}.json`, 'utf8'))

const nowhere: Source = () => Promise.reject(new Error('offline'))
const empty = () => new LineStore(nowhere, 1e9)

const numbers = (store: LineStore) => rowsOf(store).map((r) => (r?.kind === 'line' ? r.n : r?.from))

describe('the golden blocks', () => {
  it('read as the agent means them, one after the other', () => {
    const store = empty()
    for (const name of ['plain', 'levels', 'b64', 'cont', 'gap', 'gap-unknown']) {
      expect(store.append(golden(name)), name).toBe('taken')
    }
    const all = rowsOf(store)
    expect(all[0]).toEqual({
      kind: 'line',
      n: 1,
      at: 1795246488586,
      stream: 'out',
      level: 'plain',
      text: 'starting',
      goesOn: false,
    })
    expect(all[2]).toMatchObject({ n: 3, at: 1795246488590, stream: 'sys', text: 'grüße → 終' })
    expect(all.slice(3, 11).map((r) => (r as LineRow).level)).toEqual([
      'plain',
      'ok',
      'debug',
      'info',
      'warn',
      'error',
      'fatal',
      'system',
    ])
    expect(all.slice(11, 14).map((r) => (r as LineRow).text)).toEqual(['a', '\ufffd', '␀\ufffdA'])
    expect(all.slice(14, 18).map((r) => (r as LineRow).goesOn)).toEqual([true, false, false, true])
    expect(all[18]).toMatchObject({ kind: 'gap', from: 19, to: 114, reason: 'spool full' })
    expect(all[19]).toMatchObject({ from: 115, to: undefined, reason: 'agent killed' })
    expect(store.missing).toBe(96)
    expect(store.err).toBe(6)
  })
})

describe('the reader’s rule', () => {
  it('takes a block only at the next line', () => {
    const store = empty()
    expect(store.append(block(2, 1))).toBe('ahead')
    expect(store.append(block(1, 3))).toBe('taken')
    expect(store.append(block(1, 3))).toBe('have')
    expect(store.append(block(2, 5))).toBe('have')
    expect(store.append(block(5, 1))).toBe('ahead')
    expect(store.append(block(4, 2))).toBe('taken')
    expect(numbers(store)).toEqual([1, 2, 3, 4, 5])
  })

  it('takes any later line after a gap of unknown length, once', () => {
    const store = empty()
    store.append(block(1, 2))
    expect(store.append({ run: 'r1', first: 3, count: null, gap: 'agent killed' })).toBe('taken')
    expect(store.append(block(2, 1))).toBe('have')
    expect(store.append(block(50, 2))).toBe('taken')
    expect(store.append(block(60, 1))).toBe('ahead')
    expect(store.next).toBe(52)
    expect(numbers(store)).toEqual([1, 2, 3, 50, 51])
  })

  it('passes over letters of a newer agent', () => {
    const store = empty()
    store.append(block(1, 1, { l: 'z', s: 'z' }))
    expect(store.row(0, 0)).toMatchObject({ level: 'plain', stream: 'out' })
  })
})

describe('what did not come', () => {
  it('shows as a gap, and is loaded where the relay has it', async () => {
    const store = new LineStore(relay(20), 1e9)
    const changed = vi.fn()
    store.watch(changed)
    store.append(block(1, 1))
    store.skip(10, 'the relay did not send them')
    expect(store.append(block(10, 1))).toBe('taken')
    expect(store.missing).toBe(8)
    expect(rowsOf(store)[1]).toMatchObject({ kind: 'gap', from: 2, to: 9, canLoad: true })
    await store.load(2)
    expect(numbers(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(store.missing).toBe(0)
    expect(store.byLevel.plain).toBe(10)
    expect(changed).toHaveBeenCalled()
  })
})

describe('eviction', () => {
  const many = linesAtMost * 8

  it('keeps text within the budget and fetches the same lines again', async () => {
    const store = new LineStore(relay(many), 60_000)
    for (let first = 1; first <= many; first += 64) store.append(block(first, 64))
    expect(store.bytes).toBeLessThanOrEqual(60_000)
    expect(store.row(0, 5)).toBeUndefined()
    const segment = store.chunks[0]!
    if (isGap(segment)) throw new Error('a gap')
    await store.need(segment, () => undefined)
    expect(store.row(0, 5)).toMatchObject({ n: 6, text: 'line 6' })
    expect(store.bytes).toBeLessThanOrEqual(60_000)
    expect(store.reshaped).toBe(0)
  })

  it('shows what the relay trimmed meanwhile as a gap with its reason', async () => {
    const store = new LineStore(relay(many, 500), 60_000)
    for (let first = 1; first <= many; first += 64) store.append(block(first, 64))
    const segment = store.chunks[0]!
    if (isGap(segment)) throw new Error('a gap')
    await store.need(segment, () => undefined)
    expect(store.chunks[0]).toMatchObject({
      gap: { from: 1, to: 499, canLoad: false, reason: 'too old' },
    })
    expect(store.row(1, 0)).toMatchObject({ n: 500, text: 'line 500' })
    expect(store.byLevel.plain).toBe(many - 499)
    expect(store.missing).toBe(499)
  })
})

it('holds every line once and in order, whatever comes twice, early or never', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const rand = random(seed)
    const store = empty()
    const sent = new Set<number>()
    for (let i = 0; i < 100; i++) {
      const count = 1 + Math.floor(rand() * 900)
      const dice = rand()
      const first =
        dice < 0.6 ? store.next : Math.max(1, store.next + Math.floor(rand() * 300 - 150))
      if (dice > 0.97) {
        store.append({ run: 'r1', first: store.next, count, gap: 'spool full' })
      } else if (dice > 0.94) {
        store.skip(store.next + count, 'not sent')
      } else if (store.append(block(first, count)) === 'taken') {
        for (let n = first; n < first + count; n++) sent.add(n)
      }
    }
    let next = 1
    const wrong: unknown[] = []
    for (const row of rowsOf(store)) {
      if (row?.kind === 'gap') {
        if (row.from !== next) wrong.push(row)
        next = row.to! + 1
      } else {
        if (row?.n !== next || row.text !== `line ${next}` || !sent.delete(next)) wrong.push(row)
        next++
      }
    }
    expect(wrong).toEqual([])
    expect(next).toBe(store.next)
    expect(sent.size).toBe(0)
  }
}, 60_000)
