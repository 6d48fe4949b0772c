import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Diagnosis } from './connection'
import { Socket } from './socket'
import type { Wire } from './wire'

class FakeWire implements Wire {
  isClosed = false
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  send(text: string) {
    const { t, i } = JSON.parse(text)
    if (t === 'ping') queueMicrotask(() => this.onmessage?.({ data: `{"t":"pong","i":${i}}` }))
  }
  close() {
    this.isClosed = true
  }
  welcomes() {
    this.onopen?.({})
    this.onmessage?.({ data: '{"t":"welcome","v":1,"conn":"c1"}' })
  }
}

let sockets: FakeWire[]
let streams: FakeWire[]
let says: Diagnosis | undefined
let socket: Socket
const state = () => socket.connection.getState()
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  streams = []
  says = 'works'
  const made = (list: FakeWire[]) => () => {
    const wire = new FakeWire()
    list.push(wire)
    return wire
  }
  socket = new Socket({
    url: 'ws://relay/ws',
    open: made(sockets),
    stream: made(streams),
    random: () => 0.5,
    diagnose: async () => says,
  })
  socket.connect()
})
afterEach(() => {
  socket.disconnect()
  vi.useRealTimers()
})

async function fallBack() {
  sockets.at(-1)!.onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(1000)
  sockets.at(-1)!.onclose?.({ code: 1006 })
  await settle()
  streams.at(-1)!.welcomes()
}

describe('falling back', () => {
  it('to an event stream after two cuts in a row, and says so', async () => {
    await fallBack()
    expect(sockets).toHaveLength(2)
    expect(state()).toMatchObject({ phase: 'connected', via: 'events' })
  })

  it('after a WebSocket that was opened and cut before welcome', async () => {
    sockets[0]!.onopen?.({})
    sockets[0]!.onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(1000)
    sockets[1]!.onopen?.({})
    sockets[1]!.onclose?.({ code: 1006 })
    await settle()
    expect(streams).toHaveLength(1)
  })

  it('after one that nobody answers', async () => {
    await vi.advanceTimersByTimeAsync(8_000)
    expect(streams).toHaveLength(1)
  })

  it.each([[undefined], [{ phase: 'signed-out', reason: '' } as const]])(
    'not where HTTP says %o',
    async (answer) => {
      says = answer
      sockets[0]!.onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(60_000)
      expect(streams).toHaveLength(0)
      expect(state().phase).toBe(answer ? 'signed-out' : 'connecting')
    },
  )

  it('not after a connection that was welcomed', async () => {
    for (let i = 0; i < 3; i++) {
      sockets.at(-1)!.welcomes()
      sockets.at(-1)!.onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(1_000)
      expect(sockets).toHaveLength(i + 2)
    }
    expect(streams).toHaveLength(0)
  })
})

describe('coming back to a WebSocket', () => {
  it('is tried at the next reconnect, and one cut is enough for the stream', async () => {
    await fallBack()
    streams[0]!.onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(sockets).toHaveLength(3)
    sockets[2]!.onclose?.({ code: 1006 })
    await settle()
    expect(streams).toHaveLength(2)
  })

  it('is tried beside the stream after some minutes', async () => {
    await fallBack()
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(streams).toHaveLength(1)
    const probe = sockets.at(-1)!
    probe.welcomes()
    expect(probe.isClosed).toBe(true)
    sockets.at(-1)!.welcomes()
    expect(state()).toMatchObject({ phase: 'connected', via: 'websocket' })
    expect(streams.every((s) => s.isClosed)).toBe(true)
  })
})
