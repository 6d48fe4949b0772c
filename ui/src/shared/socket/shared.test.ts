import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Ports, PortWire } from './port'
import { Shared, type Tab } from './shared'
import type { Wire } from './wire'

type Message = Record<string, unknown> & { t?: string; i?: number; room?: string; o?: string }

class FakeWire implements Wire {
  sent: Message[] = []
  isClosed = false
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.isClosed = true
  }
  says(...frames: Message[]) {
    this.onmessage?.({ data: frames.map((f) => JSON.stringify(f)).join('\n') })
  }
  welcomes() {
    this.onopen?.({})
    this.says({ t: 'welcome', v: 1 })
  }
  // answers the last thing that was asked.
  answers(d: unknown = {}) {
    this.says({ t: 'res', i: this.sent.at(-1)!.i!, d })
  }
}

class FakeTab implements Tab {
  got: Message[] = []
  codes: number[] = []
  opened() {}
  message(data: string) {
    for (const line of data.split('\n')) this.got.push(JSON.parse(line))
  }
  closed(code: number) {
    this.codes.push(code)
  }
  of(kind: string) {
    return this.got.filter((m) => m.t === kind)
  }
}

let wires: FakeWire[]
let shared: Shared
const wire = () => wires.at(-1)!
const say = (tab: Tab, frame: Message) => shared.say(tab, JSON.stringify(frame))
const block = (first: number) => ({
  t: 'pub',
  room: 'run:r',
  o: `o${first}`,
  ev: 'block',
  d: first,
})

function join(): FakeTab {
  const tab = new FakeTab()
  shared.attach(tab)
  say(tab, { t: 'hello', v: 1 })
  return tab
}

beforeEach(() => {
  wires = []
  shared = new Shared(() => {
    const made = new FakeWire()
    wires.push(made)
    return made
  })
})

describe('one stream for all tabs', () => {
  it('tells everybody who one is from now on, and who comes later too', () => {
    const a = join()
    wire().welcomes()
    wire().says({ t: 'you', user: { id: 'p1', name: 'Ada' } })
    expect(a.of('you')).toEqual([{ t: 'you', user: { id: 'p1', name: 'Ada' } }])
    const b = join()
    expect(b.of('welcome')).toEqual([{ t: 'welcome', v: 1, user: { id: 'p1', name: 'Ada' } }])
    expect(b.of('you')).toEqual([])
  })

  it('is opened by the first, welcomes everybody, is closed by the last', () => {
    const [a, b] = [join(), join()]
    wire().welcomes()
    const c = join()
    expect([a, b, c].map((t) => t.of('welcome').length)).toEqual([1, 1, 1])
    expect(wires).toHaveLength(1)
    shared.detach(a)
    shared.detach(b)
    expect(wire().isClosed).toBe(false)
    shared.detach(c)
    expect(wire().isClosed).toBe(true)
    join()
    expect(wires).toHaveLength(2)
  })

  it('brings each answer to who asked, under that tab’s number', () => {
    const [a, b] = [join(), join()]
    wire().welcomes()
    say(a, { t: 'req', i: 1, m: 'x' })
    say(b, { t: 'req', i: 1, m: 'y' })
    const [x, y] = wire().sent
    expect(x!.i).not.toBe(y!.i)
    wire().says({ t: 'res', i: y!.i, d: 'Y' }, { t: 'res', i: x!.i, d: 'X' })
    expect(a.of('res')).toEqual([{ t: 'res', i: 1, d: 'X' }])
    expect(b.of('res')).toEqual([{ t: 'res', i: 1, d: 'Y' }])
  })

  it('tells everybody of its end, and a tab that it does not know', () => {
    const [a, b] = [join(), join()]
    wire().welcomes()
    wire().says({ t: 'bye', code: 4002 })
    wire().onclose?.({ code: 4002 })
    expect([a, b].map((t) => [t.of('bye').length, t.codes])).toEqual([
      [1, [4002]],
      [1, [4002]],
    ])
    say(a, { t: 'ping', i: 1 })
    expect(a.codes).toEqual([4002, 1006])
  })
})

describe('a room of several tabs', () => {
  it('is asked for again at the newcomer’s offset; snapshots come to who asked', () => {
    const [a, b] = [join(), join()]
    wire().welcomes()
    say(a, { t: 'sub', i: 5, room: 'run:r' })
    wire().answers('snapshot')
    wire().says(block(1), { t: 'live', room: 'run:r' })
    say(b, { t: 'sub', i: 9, room: 'run:r', o: 'o0' })
    expect(wire().sent.at(-1)).toMatchObject({ t: 'sub', room: 'run:r', o: 'o0' })
    wire().says(block(2)) // of the old subscription
    expect(b.of('pub')).toEqual([])
    wire().answers('snapshot')
    wire().says(block(1), block(2))
    expect(a.of('res')).toHaveLength(1)
    expect(b.of('pub').map((m) => m.d)).toEqual([1, 2])
    expect(a.of('pub').map((m) => m.d)).toEqual([1, 2, 1, 2])
  })

  it('waits with the next until the replay before it is done', () => {
    const tabs = [join(), join(), join()]
    wire().welcomes()
    for (const tab of tabs) say(tab, { t: 'sub', i: 1, room: 'run:r' })
    const subs = () => wire().sent.filter((m) => m.t === 'sub').length
    expect(subs()).toBe(1)
    wire().says({ t: 'live', room: 'run:r' }) // of an older subscription
    expect(subs()).toBe(1)
    wire().answers()
    wire().says(block(1))
    expect(subs()).toBe(1)
    wire().says({ t: 'live', room: 'run:r' })
    expect(subs()).toBe(2)
    wire().says({ t: 'res', i: wire().sent.at(-1)!.i, error: { code: 'unavailable' } })
    expect(subs()).toBe(3)
  })

  it('is left when the last has left it', () => {
    const [a, b] = [join(), join()]
    wire().welcomes()
    for (const tab of [a, b]) {
      say(tab, { t: 'sub', i: 1, room: 'lab' })
      wire().answers()
    }
    say(a, { t: 'unsub', room: 'lab' })
    expect(wire().sent.filter((m) => m.t === 'unsub')).toHaveLength(0)
    wire().says({ t: 'pub', room: 'lab', ev: 'bench', d: 1 })
    expect([a.of('pub').length, b.of('pub').length]).toEqual([0, 1])
    shared.detach(b)
    shared.attach(a)
    join()
    wire().welcomes()
    expect(wires).toHaveLength(1)
    expect(wire().sent.filter((m) => m.t === 'unsub')).toEqual([{ t: 'unsub', room: 'lab' }])
  })
})

describe('ports', () => {
  // Two ends of a channel; happy-dom's own does not deliver.
  function channel() {
    const near = {
      postMessage: (m: unknown) => far.onmessage?.({ data: m } as MessageEvent),
      onmessage: null as ((e: MessageEvent) => void) | null,
    }
    const far = {
      postMessage: (m: unknown) => near.onmessage?.({ data: m } as MessageEvent),
      onmessage: null as ((e: MessageEvent) => void) | null,
    }
    return { near, far }
  }

  it('carry a tab’s wire, and a closed one is let go', async () => {
    const up: FakeWire[] = []
    const ports = new Ports(() => {
      up.push(new FakeWire())
      return up.at(-1)!
    })
    const { near, far } = channel()
    ports.serve(far)
    const tab = new PortWire(near, () => new FakeWire())
    const got: unknown[] = []
    tab.onmessage = (e) => got.push(e.data)
    await vi.waitFor(() => expect(up).toHaveLength(1))
    tab.send('{"t":"hello"}')
    up[0]!.welcomes()
    expect(got).toEqual(['{"t":"welcome","v":1}'])
    tab.close()
    expect(up[0]!.isClosed).toBe(true)
  })

  it('are given up for a stream of one’s own where nobody answers', async () => {
    vi.useFakeTimers()
    const own = new FakeWire()
    const tab = new PortWire({ postMessage: () => undefined, onmessage: null }, () => own)
    const open = vi.fn()
    tab.onopen = open
    await vi.advanceTimersByTimeAsync(8_000)
    own.onopen?.({})
    tab.send('{"t":"ping","i":1}')
    expect(open).toHaveBeenCalled()
    expect(own.sent).toEqual([{ t: 'ping', i: 1 }])
    vi.useRealTimers()
  })
})
