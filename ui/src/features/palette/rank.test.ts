import { describe, expect, test } from 'vitest'
import type { Bench, Check, Device } from '@/shared/wire'
import { actionItem, benchActions, benchItem, deviceItem, type Item, suits } from './items'
import { marks, rank, wordsOf } from './rank'

const device = (id: string, model: string, state = 'device'): Device => ({
  id,
  serial: id.toUpperCase(),
  state,
  reason: '',
  hint: '',
  model,
  product: 'car',
  transport_id: 1,
  properties: {},
})
const bench = (id: string, devices: Device[] = [device('hu5h1', 'HU5_High')]): Bench => ({
  id,
  name: id,
  state: 'online',
  reason: '',
  seen_at: '',
  agent: { version: '', os: 'linux', arch: 'amd64' },
  devices,
  labels: ['gothenburg'],
  rtt_ms: 14,
})
const check = (id: string, label: string, models: string[] = []): Check => ({
  id,
  label,
  command: 'getprop',
  pattern: '',
  expect: {},
  models,
})
const doing = { pins: ['hil-07'], pin: () => {}, check: () => {} }

const lab = ['audio-2', 'hil-11', 'hil-07', 'mil-hil-3'].map((id) => bench(id))
const items: Item[] = [
  ...lab.map((b) => benchItem(b, [], ['hil-07'])),
  ...lab.map((b) => deviceItem(b, b.devices[0]!)),
  ...lab.flatMap((b) => benchActions(b, [check('version', 'Version check')], doing)),
  actionItem('This run', { id: 'cancel', label: 'Cancel run', run: () => {} }),
]
const found = (text: string) =>
  rank(items, wordsOf(text)).map((g) => [g.scope, g.items.map((i) => i.title)] as const)

describe('rank', () => {
  test('names that begin so come first, pinned ones before others', () => {
    const [scope, titles] = found('hil')[0]!
    expect(scope).toBe('benches')
    expect(titles).toEqual(['hil-07', 'hil-11', 'mil-hil-3'])
  })

  test('every word must be found; the best group leads', () => {
    expect(found('version 07')[0]).toEqual(['actions', ['Version check on hil-07']])
    expect(found('version nowhere')).toEqual([])
    expect(found('cancel')[0]).toEqual(['actions', ['Cancel run']])
  })

  test('models, serials and labels are found too', () => {
    expect(found('hu5h1 audio')[0]).toEqual(['devices', ['HU5 High on audio-2']])
    expect(found('gothenburg')[0]![0]).toBe('benches')
  })

  test('a bench with several devices says which; one that is not ready gets no command', () => {
    const two = bench('two', [
      device('a', 'HU5'),
      device('b', 'IC4'),
      device('c', 'HU6', 'offline'),
    ])
    const titles = benchActions(two, [check('v', 'Version check', ['hu5*'])], doing).map(
      (i) => i.title,
    )
    expect(titles).toEqual([
      'Run a command on HU5, two',
      'Run a command on IC4, two',
      'Version check on HU5, two',
      'Pin two',
    ])
  })

  test.each([
    [['hu5*'], true],
    [['HU?_high'], true],
    [['ic4*', 'hu6*'], false],
    [['hu5'], false],
    [[], true],
  ])('a check for %j', (models, is) => {
    expect(suits(check('v', 'V', models), device('a', 'HU5_High'))).toBe(is)
  })

  test('a thousand benches are ranked while one types', () => {
    const many = Array.from({ length: 1000 }, (_, i) => benchItem(bench(`hil-${i}`), [], []))
    const since = performance.now()
    expect(rank(many, ['hil', '9'])[0]!.items.length).toBe(6)
    expect(performance.now() - since).toBeLessThan(200)
  })
})

test('what was typed is marked, and nothing is lost', () => {
  expect(marks('HU5 High on hil-07', ['hil', 'hu5'])).toEqual([
    { text: 'HU5', isHit: true },
    { text: ' High on ', isHit: false },
    { text: 'hil', isHit: true },
    { text: '-07', isHit: false },
  ])
  expect(
    marks('İstanbul', ['stan'])
      .map((p) => p.text)
      .join(''),
  ).toBe('İstanbul')
})
