// Everything that the palette can offer now, for what was typed.
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useDeferredValue } from 'react'
import { relayNow } from '@/shared/clock'
import { startAsking, useLab } from '@/shared/lab'
import { pageActions } from '@/shared/palette'
import { getJSON } from '@/shared/query'
import { changeSettings, useSettings } from '@/shared/settings'
import { RequestError, useSocket } from '@/shared/socket'
import { toast } from '@/shared/toast'
import type { Bench, Check, Checks, Device, Run, Runs } from '@/shared/wire'
import { sentence } from '@/shared/words'
import { actionItem, benchActions, benchItem, deviceItem, type Item, runItem } from './items'

const meantAtMost = 4 // benches whose actions are offered

type Go = { to: (path: string) => void; help: () => void }

export function useItems(words: string[], go: Go): Item[] {
  const benches = useLab((s) => s.benches)
  const known = useLab((s) => s.runs)
  const pins = useSettings((s) => s.pins)
  const here = usePresent(known)
  const found = useFoundRuns(words.join(' '))
  const checks = useQuery({
    queryKey: ['checks'],
    queryFn: ({ signal }) => getJSON<Checks>('/api/v1/checks', signal),
  })
  const socket = useSocket()
  // Started outside the palette's own life: it closes before.
  const check = async (bench: Bench, device: Device, { id, label }: Check) => {
    try {
      const run = await startAsking(socket, { bench: bench.id, device: device.id, check: id })
      if (run && here.page !== 'workspace') go.to(`/r/${run.id}`)
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      const text = [e.fault.message, e.fault.hint]
        .filter(Boolean)
        .map((t) => sentence(t!))
        .join(' ')
      toast({ title: `${label} was not started.`, text, tone: 'warn' })
    }
  }
  const now = relayNow()
  const runs = [...known, ...found.filter((run) => known.every((k) => k.id !== run.id))]
  const meant = meantBenches(benches, words, here.bench)
  const pin = (id: string) =>
    changeSettings({ pins: pins.includes(id) ? pins.filter((p) => p !== id) : [...pins, id] })

  // The workspace offers the checks of its own device itself.
  const offered = (bench: Bench) =>
    here.page === 'workspace' && here.bench === bench.id
      ? (here.device ?? bench.devices?.[0]?.id)
      : undefined

  return [
    ...benches.map((bench) => benchItem(bench, known, pins)),
    ...benches.flatMap((bench) =>
      (bench.devices ?? []).map((device) => ({
        ...deviceItem(bench, device),
        boost: here.bench === bench.id && here.device === device.id ? 0.5 : 0,
      })),
    ),
    ...runs.map((run) => runItem(run, now)),
    ...pageActions().flatMap(({ group, actions }) =>
      actions.map((action) => ({ ...actionItem(group, action), boost: 0.7 })),
    ),
    ...meant.flatMap((bench) =>
      benchActions(bench, checks.data?.checks ?? [], { pins, pin, check, except: offered(bench) }),
    ),
    ...places(go),
  ]
}

// The bench and device that the page is about.
function usePresent(runs: Run[]): { page: string; bench?: string; device?: string } {
  const [, page, first, second] = useLocation().pathname.split('/')
  if (page === 'b') return { page: 'workspace', bench: first, device: second }
  const run = page === 'r' ? runs.find((r) => r.id === first) : undefined
  return { page: page ?? '', bench: run?.bench, device: run?.device }
}

function meantBenches(benches: Bench[], words: string[], here: string | undefined): Bench[] {
  const isMeant = (bench: Bench) =>
    words.some(
      (word) => word.length > 1 && `${bench.name} ${bench.id}`.toLowerCase().includes(word),
    )
  const present = benches.filter((bench) => bench.id === here)
  return [...present, ...benches.filter((b) => b.id !== here && isMeant(b))].slice(0, meantAtMost)
}

// Older runs, which only the relay knows.
function useFoundRuns(text: string): Run[] {
  const asked = useDeferredValue(text)
  const { data } = useQuery({
    queryKey: ['runs', 'found', asked],
    queryFn: ({ signal }) =>
      getJSON<Runs>(`/api/v1/runs?limit=8&text=${encodeURIComponent(asked)}`, signal),
    enabled: asked.length > 1,
    retry: false,
    placeholderData: (before) => before,
  })
  return data?.runs ?? []
}

function places({ to, help }: Go): Item[] {
  const place = (title: string, path: string, keys: string, words = ''): Item => ({
    id: `go ${title}`,
    scope: 'actions',
    sign: { kind: 'go' },
    title,
    detail: '',
    keys,
    words,
    to: path,
  })
  const look = (
    id: string,
    title: string,
    words: string,
    run: () => void,
    keys?: string,
  ): Item => ({
    id,
    scope: 'actions',
    sign: { kind: 'look' },
    title,
    detail: '',
    keys,
    words,
    run,
  })
  return [
    place('Go to the benches', '/', 'g b'),
    place('Go to the runs', '/runs', 'g r', 'history'),
    place('Go to checks and commands', '/checks', 'g c', 'edit saved'),
    place('Search the lines of all runs', '/jobs', '', 'find text'),
    place('Go to the jobs', '/jobs', 'g j', 'background work search'),
    place('Go to the settings', '/settings', 'g s', 'preferences'),
    place('Go to the lab’s settings', '/lab', 'g l', 'unreserved reserve first'),
    {
      ...look('keys', 'Show the keys', 'help shortcuts', help, '?'),
      sign: { kind: 'keys' as const },
    },
    look('dark', 'Dark theme', 'night look', () => changeSettings({ theme: 'dark' })),
    look('light', 'Light theme', 'day look', () => changeSettings({ theme: 'light' })),
    look('auto', 'Theme as the system', 'look', () => changeSettings({ theme: 'auto' })),
    look('compact', 'Compact rows', 'density', () => changeSettings({ density: 'compact' })),
    look('comfortable', 'Comfortable rows', 'density', () =>
      changeSettings({ density: 'comfortable' }),
    ),
  ].map((item) => (item.to ? { ...item, run: () => to(item.to!) } : item))
}
