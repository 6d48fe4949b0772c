import { expect, test } from 'vitest'
import type { Run } from '@/shared/wire'
import { blocksOf, fillerOf, isOpenAtFirst } from './blocks'
import { run } from './testing'

const at = (s: number) => new Date(1_795_000_000_000 + s * 1000).toISOString()
const ids = (runs: Run[]) => runs.map((r) => r.id)

test('runs of this device stand oldest first, each once', () => {
  const kept = [run('b', { created_at: at(2) }), run('a', { created_at: at(1) })]
  const lab = [
    run('c', { created_at: at(3) }),
    run('b', { created_at: at(2) }),
    run('x', { device: 'other', created_at: at(4) }),
    run('y', { bench: 'other', created_at: at(5) }),
  ]
  expect(ids(blocksOf(lab, kept, 'demo', 'sim0001'))).toEqual(['a', 'b', 'c'])
})
test('a run that ended does not go on again because a list is older', () => {
  const ended = run('a', { state: 'ended', outcome: 'exited', exit_code: 0 })
  const older = run('a', { state: 'running', outcome: undefined })
  expect(blocksOf([older], [ended], 'demo', 'sim0001')[0]?.state).toBe('ended')
  expect(blocksOf([ended], [older], 'demo', 'sim0001')[0]?.state).toBe('ended')
})
test('the whole command stays where the lab cut it', () => {
  const kept = [run('a', { command: 'echo a very long command' })]
  const lab = [run('a', { command: 'echo a' })]
  expect(blocksOf(lab, kept, 'demo', 'sim0001')[0]?.command).toBe('echo a very long command')
})
test('only a run at the bottom that goes on fills what is left', () => {
  const going = run('a', { state: 'running', outcome: undefined })
  expect(fillerOf([run('b'), going])).toBe(going)
  expect(fillerOf([going, run('b')])).toBeUndefined()
  expect(fillerOf([])).toBeUndefined()
})
test('the newest, failures and checks stand open, older ones are folded', () => {
  expect(isOpenAtFirst(run('a'), 0)).toBe(true)
  expect(isOpenAtFirst(run('a'), 1)).toBe(false)
  expect(isOpenAtFirst(run('a', { exit_code: 1 }), 1)).toBe(true)
  expect(isOpenAtFirst(run('a', { exit_code: 1 }), 9)).toBe(false)
  expect(isOpenAtFirst(run('a', { state: 'running', outcome: undefined }), 9)).toBe(true)
})
