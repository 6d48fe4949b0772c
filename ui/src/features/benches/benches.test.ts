import { describe, expect, it } from 'vitest'
import { moodOf } from '@/shared/lab'
import type { Bench, Device, Run } from '@/shared/wire'
import { serialOf } from './bench'
import { byBench, parseBenches, pinnedFirst, shownOf } from './search'

const device = (serial: string, more: Partial<Device> = {}): Device => ({
  id: serial.toLowerCase(),
  serial,
  state: 'device',
  reason: '',
  hint: '',
  model: 'HU5_High',
  product: '',
  transport_id: 1,
  properties: { 'ro.build.version.incremental': '24.46.3' },
  ...more,
})
const bench = (id: string, more: Partial<Bench> = {}): Bench => ({
  id,
  name: id,
  state: 'online',
  reason: '',
  seen_at: '',
  agent: { version: '', os: '', arch: '' },
  devices: [device('A1')],
  labels: [],
  rtt_ms: null,
  ...more,
})
const benches = [
  bench('audio-2', { labels: ['stuttgart'] }),
  bench('cluster-01', { devices: [device('C1', { state: 'unauthorized', model: 'IC4' })] }),
  bench('hil-07', { labels: ['gothenburg', 'hil'] }),
  bench('rack-b4', { state: 'offline', reason: 'No beat', labels: ['hil'] }),
]
const runs = byBench([{ id: 'r1', bench: 'hil-07', state: 'running' } as Run])
const shown = (s: object) => shownOf(benches, runs, s).benches.map((b) => b.id)

describe('the address of the benches', () => {
  it('keeps what it knows', () => {
    const s = { view: 'table', q: 'hu5', state: 'offline', model: 'HU5 High', label: 'hil' }
    expect(parseBenches({ ...s, on: 'x/y' })).toEqual(s)
    expect(parseBenches({ view: 'map', state: 'asleep', q: '' })).toEqual({})
  })
})

describe('filters', () => {
  it('show by state, and count what each state would show', () => {
    expect(shown({ state: 'attention' })).toEqual(['cluster-01'])
    expect(shown({ state: 'running' })).toEqual(['hil-07'])
    expect(shown({ state: 'offline' })).toEqual(['rack-b4'])
    const { counts } = shownOf(benches, runs, { label: 'hil', state: 'offline' })
    expect(counts).toEqual({ all: 2, online: 1, running: 1, attention: 0, offline: 1 })
  })

  it('take a device that reboots for busy, and need nobody for it', () => {
    const rebooting = bench('hil-08', { devices: [device('R1', { state: 'rebooting' })] })
    expect(moodOf(rebooting, [])).toBe('running')
    const severed = bench('hil-10', { devices: [device('S1', { state: 'adb restarting' })] })
    expect(moodOf(severed, [])).toBe('running')
    const frozen = bench('hil-11', { devices: [device('F1', { state: 'not answering' })] })
    expect(moodOf(frozen, [])).toBe('attention')
    expect(shownOf([rebooting], runs, { state: 'attention' }).benches).toEqual([])
    const both = bench('hil-09', {
      devices: [...rebooting.devices, device('C1', { state: 'offline' })],
    })
    expect(moodOf(both, [])).toBe('attention')
  })

  it('show by model, label and every word of the text', () => {
    expect(shown({ model: 'IC4' })).toEqual(['cluster-01'])
    expect(shown({ label: 'hil' })).toEqual(['hil-07', 'rack-b4'])
    expect(shown({ q: 'HIL gothen' })).toEqual(['hil-07'])
    expect(shown({ q: 'c1 unauth' })).toEqual(['cluster-01'])
    expect(shown({ q: '24.46.3' })).toHaveLength(4)
  })

  it('say how many each of them hides', () => {
    const { benches: none, hidden } = shownOf(benches, runs, { label: 'hil', model: 'IC4' })
    expect(none).toEqual([])
    expect(hidden).toEqual([
      { name: 'model', value: 'IC4', hides: 2 },
      { name: 'label', value: 'hil', hides: 1 },
    ])
  })
})

describe('a bench', () => {
  it('that is pinned comes first, in the person’s order', () => {
    const { pinned, others } = pinnedFirst(benches, ['rack-b4', 'gone', 'audio-2'])
    expect(pinned.map((b) => b.id)).toEqual(['rack-b4', 'audio-2'])
    expect(others.map((b) => b.id)).toEqual(['cluster-01', 'hil-07'])
  })

  it('with equal serials tells its devices apart by where they are plugged in', () => {
    const twins = [
      device('0000', { devpath: 'usb:1-4.1' }),
      device('0000', { devpath: 'usb:1-4.2' }),
    ]
    expect(serialOf(twins[0]!, twins)).toBe('0000 · usb 1-4.1')
    expect(serialOf(device('0001', { devpath: 'usb:1-1' }), twins)).toBe('0001')
  })
})
