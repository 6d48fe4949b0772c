import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Block } from '@/shared/wire'
import type { LineRow, Row } from './lines'
import { LineStore } from './store'

// The same files are read by the Go tests of agent/wire.
const golden = (name: string): Block =>
  JSON.parse(readFileSync(`../agent/wire/testdata/blocks/${name}.json`, 'utf8'))

const rows = (store: LineStore): Row[] => Array.from({ length: store.rows }, (_, i) => store.row(i))

function block(first: number, count: number, more: Partial<Block> = {}): Block {
  return {
    run: 'r1',
    first,
    count,
    text: Array.from({ length: count }, (_, i) => `line ${first + i}`),
    t: [[1000, count]],
    s: 'o'.repeat(count),
    l: 'p'.repeat(count),
    ...more,
  }
}

describe('the golden blocks', () => {
  it('read as the agent means them, one after the other', () => {
    const store = new LineStore()
    for (const name of ['plain', 'levels', 'b64', 'cont', 'gap', 'gap-unknown']) {
      expect(store.append(golden(name)), name).toBe('taken')
    }
    const all = rows(store)
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
    expect(all[18]).toEqual({
      kind: 'gap',
      from: 19,
      to: 114,
      reason: 'spool full',
      canLoad: false,
    })
    expect(all[19]).toMatchObject({ kind: 'gap', from: 115, to: undefined, reason: 'agent killed' })
    expect(store.missing).toBe(96)
    expect(store.err).toBe(6)
  })
})

describe('the reader’s rule', () => {
  it('takes a block only at the next line', () => {
    const store = new LineStore()
    expect(store.append(block(2, 1))).toBe('ahead')
    expect(store.append(block(1, 3))).toBe('taken')
    expect(store.append(block(1, 3))).toBe('have')
    expect(store.append(block(2, 5))).toBe('have')
    expect(store.append(block(5, 1))).toBe('ahead')
    expect(store.append(block(4, 2))).toBe('taken')
    expect(rows(store).map((r) => (r as LineRow).n)).toEqual([1, 2, 3, 4, 5])
  })

  it('takes any later line after a gap of unknown length, once', () => {
    const store = new LineStore()
    store.append(block(1, 2))
    expect(store.append({ run: 'r1', first: 3, count: null, gap: 'agent killed' })).toBe('taken')
    expect(store.append(block(2, 1))).toBe('have')
    expect(store.append(block(50, 2))).toBe('taken')
    expect(store.append(block(60, 1))).toBe('ahead')
    expect(store.next).toBe(52)
    expect(store.rowOf(51)).toBe(4)
    expect(store.rowOf(20)).toBe(2)
  })

  it('shows what will not come as a gap', () => {
    const store = new LineStore()
    store.append(block(1, 1))
    store.skip(10, 'the relay did not send them')
    expect(store.append(block(10, 1))).toBe('taken')
    expect(store.row(1)).toMatchObject({ kind: 'gap', from: 2, to: 9, canLoad: true })
  })
})

it('finds rows and lines over many chunks, and tells its watchers', () => {
  const store = new LineStore()
  const changed = vi.fn()
  store.watch(changed)
  let next = 1
  for (let i = 0; i < 500; i++) {
    store.append(block(next, 37))
    next += 37
    if (i % 100 === 50) {
      store.append({ run: 'r1', first: next, count: 1000, gap: 'spool full' })
      next += 1000
    }
  }
  expect(changed).toHaveBeenCalledTimes(505)
  expect(store.rows).toBe(500 * 37 + 5)
  expect(store.next).toBe(500 * 37 + 5000 + 1)
  for (let i = 0; i < store.rows; i += 101) {
    const row = store.row(i)
    if (row.kind === 'gap') continue
    expect(row.text).toBe(`line ${row.n}`)
    expect(store.rowOf(row.n)).toBe(i)
  }
})

it('passes over letters of a newer agent', () => {
  const store = new LineStore()
  store.append(block(1, 1, { l: 'z', s: 'z' }))
  expect(store.row(0)).toMatchObject({ level: 'plain', stream: 'out' })
})
