import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Run, Verdict } from '@/shared/wire'
import { ResultIcon, verdictWords } from '.'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const run = (more: Partial<Run> = {}): Run => ({
  id: 'r1',
  bench: 'hil-07',
  device: 'hu5',
  command: 'dumpsys package com.x',
  state: 'ended',
  outcome: 'exited',
  exit_code: 0,
  lines: 1,
  bytes: 10,
  timeout_s: 60,
  by: 'mk',
  created_at: '2026-11-21T10:00:00Z',
  ...more,
})
const check = { id: 'version', label: 'Version check', pattern: '(?<v>.+)', expect: { is: '2' } }
const verdict = (more: Partial<Verdict>): Verdict => ({
  verdict: 'pass',
  found: '2',
  expected: '2',
  from: 0,
  to: 1,
  reason: '',
  ...more,
})

function show(one: Run, answer?: Verdict) {
  const asked = vi.fn(async () => Response.json(answer))
  vi.stubGlobal('fetch', asked)
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ResultIcon run={one} />
    </QueryClientProvider>,
  )
  return asked
}

test('a check that exited 0 and found something else has failed', async () => {
  show(run({ check }), verdict({ verdict: 'fail', found: '1' }))
  expect(await screen.findByRole('img', { name: 'Failed' })).toBeDefined()
})

test('a check that found what it should has passed, whatever its exit code', async () => {
  show(run({ check, exit_code: 1 }), verdict({}))
  expect(await screen.findByRole('img', { name: 'Passed' })).toBeDefined()
})

test('only an ended check is asked about', () => {
  const asked = show(run())
  expect(screen.getByRole('img', { name: 'Exited 0' })).toBeDefined()
  cleanup()
  show(run({ check, state: 'running' }))
  expect(screen.getByRole('img', { name: 'Running' })).toBeDefined()
  expect(asked).not.toHaveBeenCalled()
})

test.each([
  [verdict({}), '2, as expected'],
  [verdict({ expected: 'anything' }), '2'],
  [verdict({ verdict: 'fail', found: '1' }), '1, expected 2'],
  [verdict({ verdict: 'no_match', found: '' }), 'No line matches the pattern'],
  [verdict({ verdict: 'no_match', reason: 'no line matches' }), 'no line matches'],
  [verdict({ verdict: 'pending' }), 'Waiting for its lines'],
])('a verdict in one line', (v, words) => {
  expect(verdictWords(v)).toBe(words)
})
