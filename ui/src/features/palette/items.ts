// What can be found: benches, devices, runs and actions, as rows of one kind.
import { androidOf, buildOf, goesOn, isReady, moodOf, nameOf } from '@/shared/lab'
import type { Action } from '@/shared/palette'
import type { BenchMood } from '@/shared/parts'
import type { Bench, Check, Device, Run } from '@/shared/wire'
import { ago, elapsed, plural } from '@/shared/words'

export type Scope = 'benches' | 'devices' | 'runs' | 'actions'

export type Sign =
  | { kind: 'bench'; mood: BenchMood }
  | { kind: 'device'; isReady: boolean }
  | { kind: 'run'; run: Run }
  | { kind: 'page' | 'check' | 'command' | 'pin' | 'go' | 'look' | 'keys' }

export type Item = {
  id: string
  scope: Scope
  sign: Sign
  title: string
  isCode?: boolean // the title is what a device is told
  detail: string
  right?: string
  keys?: string
  words: string // found by these beside title and detail
  to?: string // a place; else `run`
  run?: () => void
  boost?: number // less than one step of ranking
}

const isHigh = 0.5

export function benchItem(bench: Bench, runs: Run[], pins: string[]): Item {
  const devices = bench.devices ?? []
  const own = runs.filter((r) => r.bench === bench.id)
  const now = own.find(goesOn)
  const needs = devices.find((d) => !isReady(d))
  const what =
    bench.state === 'offline'
      ? bench.reason || 'offline'
      : needs
        ? `${nameOf(needs)}: ${needs.state}`
        : `${plural(devices.length, 'device')}, ${now ? `running ${titleOf(now)}` : 'nothing runs'}`
  return {
    id: `bench ${bench.id}`,
    scope: 'benches',
    sign: { kind: 'bench', mood: moodOf(bench, own) },
    title: bench.name,
    detail: what,
    right: bench.rtt_ms == null ? '' : `${Math.round(bench.rtt_ms)} ms`,
    words: [bench.id, ...(bench.labels ?? []), bench.state].join(' '),
    to: `/b/${bench.id}`,
    boost: pins.includes(bench.id) ? isHigh : 0,
  }
}

export const deviceItem = (bench: Bench, device: Device): Item => ({
  id: `device ${bench.id}/${device.id}`,
  scope: 'devices',
  sign: { kind: 'device', isReady: isReady(device) },
  title: `${nameOf(device)} on ${bench.name}`,
  detail: [device.serial, buildOf(device)].filter(Boolean).join(' · '),
  right: bench.state === 'offline' ? 'bench offline' : isReady(device) ? 'ready' : device.state,
  words: [device.id, device.model, device.product, androidOf(device)].join(' '),
  to: `/b/${bench.id}/${device.id}`,
})

export const runItem = (run: Run, now: number): Item => ({
  id: `run ${run.id}`,
  scope: 'runs',
  sign: { kind: 'run', run },
  title: titleOf(run),
  isCode: !run.check,
  detail: `${run.device} on ${run.bench}`,
  right: goesOn(run)
    ? elapsed(now - Date.parse(run.started_at ?? run.created_at))
    : ago(Date.parse(run.ended_at ?? run.created_at)),
  words: `${run.id} ${run.by} ${run.command.slice(0, 2000)}`,
  to: `/r/${run.id}`,
  boost: goesOn(run) ? isHigh : 0,
})

export const actionItem = (group: string, action: Action, sign: Sign = { kind: 'page' }): Item => ({
  id: `action ${group} ${action.id}`,
  scope: 'actions',
  sign,
  title: action.label,
  detail: group,
  keys: action.keys,
  words: action.words ?? '',
  run: action.run,
})

// What one can do with a bench: offered where it is meant, for checks times
// devices of a whole lab would be thousands.
export function benchActions(
  bench: Bench,
  checks: Check[],
  on: {
    pins: string[]
    pin: (bench: string) => void
    check: (bench: Bench, device: Device, check: Check) => void
    except?: string // the device whose checks the page itself offers
  },
): Item[] {
  const devices = (bench.devices ?? []).filter(isReady)
  const place = (device: Device) =>
    devices.length > 1 ? `${nameOf(device)}, ${bench.name}` : bench.name
  const isPinned = on.pins.includes(bench.id)
  const base = { scope: 'actions', detail: '' } as const
  return [
    ...devices.map(
      (device): Item => ({
        ...base,
        id: `command ${bench.id}/${device.id}`,
        sign: { kind: 'command' },
        title: `Run a command on ${place(device)}`,
        keys: ':',
        words: `${bench.id} ${device.id}`,
        to: `/b/${bench.id}/${device.id}`,
      }),
    ),
    ...devices.flatMap((device) =>
      checks
        .filter((check) => device.id !== on.except && suits(check, device))
        .map(
          (check): Item => ({
            ...base,
            id: `check ${check.id} ${bench.id}/${device.id}`,
            sign: { kind: 'check' },
            title: `${check.label} on ${place(device)}`,
            words: `check ${check.id} ${bench.id} ${device.id}`,
            run: () => on.check(bench, device, check),
          }),
        ),
    ),
    {
      ...base,
      id: `pin ${bench.id}`,
      sign: { kind: 'pin' },
      title: `${isPinned ? 'Unpin' : 'Pin'} ${bench.name}`,
      words: bench.id,
      run: () => on.pin(bench.id),
    },
  ]
}

const titleOf = (run: Run) => run.check?.label ?? run.command.trim().split('\n')[0] ?? ''

// suits says whether the check is meant for this device's model.
export function suits(check: Check, device: Device): boolean {
  const models = check.models ?? []
  return models.length === 0 || models.some((glob) => matches(glob, device.model))
}

function matches(glob: string, model: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 'i').test(model)
}
