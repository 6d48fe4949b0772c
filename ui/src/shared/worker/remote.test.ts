import { expect, it, vi } from 'vitest'
import { openLog } from '@/shared/log/open'
import { RequestError } from '@/shared/socket'
import { Remote } from './remote'

it('tells whoever waits that the worker died, and asks it nothing more', async () => {
  const post = vi.fn()
  const remote = new Remote('ws://relay/ws', post)
  remote.take({ k: 'connection', connection: { ...remote.connection.getState(), times: 1 } })
  const asked = remote.request('run.start', {})
  const open = openLog(remote, 'r1')
  const closed = openLog(remote, 'r2')
  closed.close()
  remote.died('out of memory')

  await expect(asked).rejects.toMatchObject({ sent: true, fault: { code: 'no_answer' } })
  const { phase, reason, asOf } = remote.connection.getState()
  expect([phase, reason]).toEqual(['stopped', 'out of memory'])
  expect(asOf).toBeGreaterThan(0)
  expect(open.state.getState().fault?.code).toBe('stopped')
  expect(closed.state.getState().fault).toBeUndefined()

  const before = post.mock.calls.length
  const late = remote.request('run.start', {})
  await expect(late).rejects.toBeInstanceOf(RequestError)
  await expect(late).rejects.toMatchObject({ sent: false, fault: { code: 'stopped' } })
  const after = openLog(remote, 'r3')
  await vi.waitFor(() => expect(after.state.getState().fault?.code).toBe('stopped'), 10_000)
  expect(post.mock.calls.length).toBe(before)
  expect(remote.connection.getState().reason).toBe('out of memory')
})
