import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backoff } from './backoff'
import type { RequestError } from './frames'
import type { RoomHandlers } from './rooms'
import { Socket } from './socket'
import type { Wire } from './wire'

class FakeWebSocket implements Wire {
  static made: FakeWebSocket[] = []
  sent: Record<string, unknown>[] = []
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null

  constructor() {
    FakeWebSocket.made.push(this)
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {}

  opens() {
    this.onopen?.({})
  }
  says(...frames: unknown[]) {
    this.onmessage?.({ data: frames.map((f) => JSON.stringify(f)).join('\n') })
  }
  closes(code: number) {
    this.onclose?.({ code })
  }
  welcomes() {
    this.opens()
    this.says({ t: 'welcome', v: 1, conn: 'c1', user: { id: 'mk', name: 'mk' } })
  }
  of(kind: string) {
    return this.sent.filter((f) => f.t === kind)
  }
}

let socket: Socket
const last = () => FakeWebSocket.made.at(-1)!
const phase = () => socket.connection.getState().phase

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.made = []
  socket = new Socket({ url: 'ws://relay/ws', open: () => new FakeWebSocket(), random: () => 0.5 })
  socket.connect()
})
afterEach(() => vi.useRealTimers())

describe('connecting', () => {
  it('says hello first and is connected once welcomed', () => {
    last().opens()
    expect(last().sent).toEqual([{ t: 'hello', v: 1 }])
    expect(phase()).toBe('connecting')
    last().says({ t: 'welcome', v: 1, user: { id: 'mk', name: 'mk' } })
    expect(phase()).toBe('connected')
    expect(socket.connection.getState().user?.name).toBe('mk')
  })

  it('is told at once who one is from now on', () => {
    last().welcomes()
    last().says({ t: 'you', user: { id: 'p1', name: 'Ada' } })
    expect(socket.connection.getState()).toMatchObject({
      phase: 'connected',
      times: 1,
      user: { id: 'p1', name: 'Ada' },
    })
  })

  it('measures the round trip', () => {
    last().welcomes()
    const [ping] = last().of('ping')
    vi.advanceTimersByTime(30)
    last().says({ t: 'pong', i: ping!.i })
    expect(socket.connection.getState().roundTrip).toBeCloseTo(30)
  })

  it('answers the relay’s pings and passes over what it does not know', () => {
    last().welcomes()
    last().says({ t: 'ping', i: 77 }, { t: 'news' })
    last().onmessage?.({ data: 'no json\n\n{"t":"ping","i":78}' })
    expect(last().of('pong')).toEqual([
      { t: 'pong', i: 77 },
      { t: 'pong', i: 78 },
    ])
  })
})

describe('coming back', () => {
  it.each([
    ['hidden', false, [250, 500, 1000, 2000, 4000, 8000, 10000, 10000]],
    ['seen', true, [250, 500, 1000, 2000, 2500, 2500, 2500, 2500]],
  ])('waits longer each time and counts what is left, %s', (_, isSeen, want) => {
    socket.seen(isSeen)
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      last().closes(1006)
      expect(phase()).toBe('waiting')
      const wait = socket.connection.getState().retryAt! - Date.now()
      waits.push(wait)
      vi.advanceTimersByTime(wait)
    }
    expect(waits).toEqual(want)
    expect(FakeWebSocket.made).toHaveLength(9)
  })

  it('does not keep waiting who comes back to the page', () => {
    socket.seen(false)
    for (let i = 0; i < 6; i++) {
      last().closes(1006)
      vi.advanceTimersByTime(socket.connection.getState().retryAt! - Date.now())
    }
    last().closes(1006)
    const made = FakeWebSocket.made.length
    socket.seen(true)
    expect(FakeWebSocket.made).toHaveLength(made + 1)
    expect(phase()).toBe('connecting')
  })

  it('takes the relay’s word for when', () => {
    last().welcomes()
    last().says({ t: 'bye', code: 4002, reason: 'draining', retry_ms: 1234 })
    last().closes(4002)
    expect(socket.connection.getState().retryAt).toBe(Date.now() + 1234)
  })

  it.each([4001, 4002, 4003, 4004, 4499, 1006, 1009])('after %i', (code) => {
    last().welcomes()
    last().closes(code)
    expect(phase()).toBe('waiting')
  })

  it.each([
    [4501, 'signed-out'],
    [4504, 'signed-out'],
    [4502, 'refused'],
    [4503, 'refused'],
    [4999, 'refused'],
  ])('not after %i', (code, want) => {
    last().welcomes()
    last().closes(code)
    expect(phase()).toBe(want)
    vi.advanceTimersByTime(60_000)
    expect(FakeWebSocket.made).toHaveLength(1)
  })

  it('gives up on a relay that stopped answering', () => {
    last().welcomes()
    vi.advanceTimersByTime(20_000)
    expect(FakeWebSocket.made.length).toBeGreaterThan(1)
  })

  it('stays away once told to, and comes when told to', () => {
    last().welcomes()
    socket.disconnect()
    vi.advanceTimersByTime(60_000)
    expect(FakeWebSocket.made).toHaveLength(1)
    expect(phase()).toBe('off')
    socket.connect()
    expect(FakeWebSocket.made).toHaveLength(2)
  })

  it('keeps when data was last true', () => {
    vi.setSystemTime(1_000_000)
    last().welcomes()
    vi.setSystemTime(1_002_000)
    last().closes(1006)
    expect(socket.connection.getState().asOf).toBe(1_000_000)
  })
})

describe('rooms', () => {
  const handlers = () => ({ snapshot: vi.fn(), event: vi.fn(), live: vi.fn(), refused: vi.fn() })

  it('are entered again with the last offset taken', () => {
    const h = handlers()
    h.event.mockReturnValueOnce('taken').mockReturnValueOnce('have')
    socket.enter('run:r1', h, { resume: true })
    last().welcomes()
    const [sub] = last().of('sub')
    expect(sub).toEqual({ t: 'sub', i: sub!.i, room: 'run:r1' })
    last().says(
      { t: 'res', i: sub!.i, d: { id: 'r1' } },
      { t: 'pub', room: 'run:r1', o: 'o5', ev: 'block', d: 1 },
      { t: 'pub', room: 'run:r1', o: 'o3', ev: 'block', d: 0 },
      { t: 'live', room: 'run:r1' },
    )
    expect(h.snapshot).toHaveBeenCalledWith({ id: 'r1' })
    expect(h.live).toHaveBeenCalled()
    last().closes(4002)
    vi.advanceTimersByTime(30_000)
    last().welcomes()
    expect(last().of('sub')[0]).toMatchObject({ room: 'run:r1', o: 'o5' })
  })

  it('are entered again when a block is ahead, and old events do not count', () => {
    const h = handlers()
    socket.enter('run:r1', h, { resume: true })
    last().welcomes()
    last().says(
      { t: 'res', i: last().of('sub')[0]!.i, d: {} },
      { t: 'pub', room: 'run:r1', o: 'o1', ev: 'block', d: 1 },
    )
    h.event.mockReturnValueOnce('ahead')
    last().says({ t: 'pub', room: 'run:r1', o: 'o9', ev: 'block', d: 9 })
    expect(last().of('unsub')).toHaveLength(1)
    expect(last().of('sub')[1]).toMatchObject({ o: 'o1' })
    last().says({ t: 'pub', room: 'run:r1', o: 'o10', ev: 'block', d: 10 })
    expect(h.event).toHaveBeenCalledTimes(2)
  })

  it('without resume begin with a snapshot', () => {
    const h = handlers()
    socket.enter('lab', h)
    last().welcomes()
    last().says(
      { t: 'res', i: last().of('sub')[0]!.i, d: 1 },
      { t: 'pub', room: 'lab', o: 'o1', ev: 'bench', d: 1 },
    )
    last().closes(1006)
    vi.advanceTimersByTime(30_000)
    last().welcomes()
    expect(last().of('sub')[0]).not.toHaveProperty('o')
  })

  it('that may come later are asked for again, others are refused', () => {
    const h = handlers()
    socket.enter('run:r1', h)
    last().welcomes()
    const i = last().of('sub')[0]!.i
    last().says({ t: 'res', i, error: { code: 'unavailable', message: 'loading', retry: true } })
    vi.advanceTimersByTime(1500)
    expect(last().of('sub')).toHaveLength(2)
    const again = last().of('sub')[1]!.i
    last().says({ t: 'res', i: again, error: { code: 'not_found', message: 'no such run' } })
    expect(h.refused).toHaveBeenCalledWith('not_found', 'no such run', '')
  })

  it('are left', () => {
    const h = handlers()
    const leave = socket.enter('run:r1', h)
    last().welcomes()
    last().says({ t: 'res', i: last().of('sub')[0]!.i, d: {} })
    leave()
    last().says({ t: 'pub', room: 'run:r1', ev: 'block', d: 1 })
    expect(last().of('unsub')).toEqual([{ t: 'unsub', room: 'run:r1' }])
    expect(h.event).not.toHaveBeenCalled()
  })
})

describe('requests', () => {
  const failed = (p: Promise<unknown>) =>
    p.then(
      () => undefined,
      (e: RequestError) => e,
    )

  it('are answered by number', async () => {
    last().welcomes()
    const a = socket.request('run.start', { command: 'a' }, 5000)
    const b = socket.request('run.start', { command: 'b' })
    const [first, second] = last().of('req')
    expect(first).toMatchObject({ m: 'run.start', d: { command: 'a' }, ttl: 5000 })
    last().says({ t: 'res', i: second!.i, d: 'B' }, { t: 'res', i: first!.i, d: 'A' })
    expect(await a).toBe('A')
    expect(await b).toBe('B')
  })

  it('are refused with the relay’s words', async () => {
    last().welcomes()
    const p = failed(socket.request('run.start', {}))
    last().says({
      t: 'res',
      i: last().of('req')[0]!.i,
      error: { code: 'bench_offline', message: 'offline' },
    })
    expect((await p)?.fault.code).toBe('bench_offline')
  })

  it('are not kept for later', async () => {
    const e = await failed(socket.request('run.start', {}))
    expect(e).toMatchObject({ sent: false, fault: { code: 'not_connected' } })
    last().welcomes()
    expect(last().of('req')).toHaveLength(0)
  })

  it('say that no answer came when the connection is lost', async () => {
    last().welcomes()
    const p = failed(socket.request('run.start', {}))
    last().closes(1006)
    expect(await p).toMatchObject({ sent: true, fault: { code: 'no_answer' } })
  })
})

it('backoff is full jitter from 0.5 to 20 s, to 5 s while somebody looks on', () => {
  expect(backoff(0, false, () => 1)).toBe(500)
  expect(backoff(3, false, () => 1)).toBe(4000)
  expect(backoff(99, false, () => 1)).toBe(20_000)
  expect(backoff(99, true, () => 1)).toBe(5000)
  expect(backoff(99, false, () => 0)).toBe(0)
})

describe('rooms that people share', () => {
  const entered = (handlers: Partial<RoomHandlers> = {}) => {
    last().welcomes()
    const told = { snapshot: vi.fn(), event: vi.fn(), join: vi.fn(), leave: vi.fn(), gap: vi.fn() }
    socket.enter('lab', { ...told, ...handlers }, { resume: true })
    return told
  }
  const answer = (o?: string) => {
    const i = last().of('sub').at(-1)?.i
    last().says({ t: 'res', i, d: { people: [], ...(o ? { o } : {}) } })
  }
  const comesBack = () => {
    last().closes(1006)
    vi.advanceTimersByTime(20_000)
    last().welcomes()
  }

  it('tells who comes and goes, and nothing of it as an event', () => {
    const told = entered()
    answer()
    last().says({ t: 'join', room: 'lab', who: { id: 'p', name: 'Ada' } })
    last().says({ t: 'leave', room: 'lab', who: { id: 'p', name: 'Ada' } })
    expect(told.join).toHaveBeenCalledWith({ id: 'p', name: 'Ada' })
    expect(told.leave).toHaveBeenCalledOnce()
    // Somebody's event of that name is no coming.
    last().says({ t: 'pub', room: 'lab', ev: 'join', d: { id: 'x' }, from: { id: 'x', name: 'X' } })
    expect(told.join).toHaveBeenCalledOnce()
    expect(told.event).toHaveBeenCalledOnce()
  })

  it('comes back where the snapshot stood, though nothing was said since', () => {
    entered()
    answer('g1.7')
    comesBack()
    expect(last().of('sub').at(-1)).toMatchObject({ room: 'lab', o: 'g1.7' })
  })

  it('comes back after the last event, with who said it and when', () => {
    const told = entered()
    answer('g1.7')
    const from = { id: 'p', name: 'Ada' }
    last().says({ t: 'pub', room: 'lab', o: 'g1.9', ev: 'message', from, at: 'now', d: 'hi' })
    expect(told.event).toHaveBeenCalledWith('message', 'hi', { o: 'g1.9', from, at: 'now' })
    last().says({ t: 'pub', room: 'lab', ev: 'bench', d: {} }) // state has no place
    comesBack()
    expect(last().of('sub').at(-1)).toMatchObject({ o: 'g1.9' })
  })

  it('goes on after a gap, which is told', () => {
    const told = entered()
    answer('g1.7')
    last().says({ t: 'gap', room: 'lab', from: 'g1.7', to: 'g2.1', reason: 'too old' })
    expect(told.gap).toHaveBeenCalledWith('too old')
    comesBack()
    expect(last().of('sub').at(-1)).toMatchObject({ o: 'g2.1' })
  })

  it('says an event and is told when the relay has it', async () => {
    last().welcomes()
    const said = socket.say<{ o: string }>({ to: 'user:p', d: 'hi' })
    const [frame] = last().of('evt')
    expect(frame).toMatchObject({ t: 'evt', to: 'user:p', d: 'hi' })
    last().says({ t: 'res', i: frame?.i, d: { o: 'g1.1' } })
    await expect(said).resolves.toEqual({ o: 'g1.1' })
  })
})
