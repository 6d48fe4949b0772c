// Documents for tests.
import type { Bench, Device, Run } from '@/shared/wire'

export const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  bench: 'demo',
  device: 'sim0001',
  command: `echo ${id}`,
  state: 'ended',
  outcome: 'exited',
  exit_code: 0,
  lines: 1,
  bytes: 2,
  timeout_s: 600,
  by: 'mk',
  created_at: '2026-11-21T10:24:12Z',
  started_at: '2026-11-21T10:24:12Z',
  ended_at: '2026-11-21T10:24:13Z',
  ...more,
})

export const device = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  serial: id.toUpperCase(),
  state: 'device',
  reason: '',
  hint: '',
  model: 'HU5 High',
  product: 'hu5',
  transport_id: 1,
  properties: { 'ro.product.model': 'HU5 High' },
  ...more,
})

export const bench = (id: string, devices: Device[], more: Partial<Bench> = {}): Bench => ({
  id,
  name: id,
  state: 'online',
  reason: '',
  seen_at: '2026-11-21T10:24:12Z',
  agent: { version: '0.1.0', os: 'linux', arch: 'amd64' },
  devices,
  labels: [],
  rtt_ms: null,
  ...more,
})
