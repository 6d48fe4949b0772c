import { describe, expect, it, vi } from 'vitest'
import { EventReader, EventsWire } from './events'

// relay answers GET /events with a stream that the test writes, and keeps what
// was posted.
function relay({ status = 200, up = 202, type = 'text/event-stream' } = {}) {
  const encoder = new TextEncoder()
  let down!: ReadableStreamDefaultController<Uint8Array>
  const posted: { conn: string; frames: unknown[] }[] = []
  let hold: Promise<void> | undefined
  const fetcher = (async (path: string, init: RequestInit = {}) => {
    if (path === '/api/v1/events') {
      posted.push(JSON.parse(String(init.body)))
      await hold
      return new Response('{}', { status: up })
    }
    const body = new ReadableStream<Uint8Array>({
      start: (c) => {
        down = c
        init.signal?.addEventListener('abort', () => c.error(new Error('aborted')))
      },
    })
    return new Response(body, { status, headers: { 'content-type': type } })
  }) as typeof fetch
  return {
    fetcher,
    posted,
    write: (text: string) => down.enqueue(encoder.encode(text)),
    end: () => down.close(),
    holdPosts: () => {
      let letGo!: () => void
      hold = new Promise((done) => {
        letGo = done
      })
      return letGo
    },
  }
}

function opened(r: ReturnType<typeof relay>) {
  const wire = new EventsWire(r.fetcher)
  const got: string[] = []
  const closed: number[] = []
  wire.onmessage = (e) => got.push(...String(e.data).split('\n'))
  wire.onclose = (e) => closed.push(e.code)
  return { wire, got, closed }
}

const welcome = 'data: {"t":"welcome","v":1,"conn":"c7"}\n\n'

describe('an event stream as a wire', () => {
  it('brings messages down and takes them up, in order and a POST at a time', async () => {
    const r = relay()
    const { wire, got } = opened(r)
    wire.send('{"t":"hello","v":1}')
    await vi.waitFor(() => r.write(`retry: 1000\n\n:\n\n${welcome}`))
    await vi.waitFor(() => expect(got).toHaveLength(1))
    const letGo = r.holdPosts()
    wire.send('{"t":"sub","i":1}')
    await vi.waitFor(() => expect(r.posted).toHaveLength(1))
    for (let i = 2; i < 10; i++) wire.send(`{"t":"ping","i":${i}}`)
    expect(r.posted).toHaveLength(1)
    letGo()
    await vi.waitFor(() => expect(r.posted).toHaveLength(2))
    expect(r.posted[0]).toEqual({ conn: 'c7', frames: [{ t: 'sub', i: 1 }] })
    expect(r.posted[1]?.frames).toHaveLength(8)
    wire.close()
  })

  it('closes with the code of the relay’s bye', async () => {
    const r = relay()
    const { got, closed } = opened(r)
    await vi.waitFor(() => r.write(welcome))
    r.write('retry: 1234\ndata: {"t":"bye","code":4002,"reason":"","retry_ms":1234}\n\n')
    await vi.waitFor(() => expect(got).toHaveLength(2))
    r.end()
    await vi.waitFor(() => expect(closed).toEqual([4002]))
  })

  it('closes where a relay knows the stream no more: nothing is posted twice', async () => {
    const r = relay({ up: 404 })
    const { wire, closed } = opened(r)
    await vi.waitFor(() => r.write(welcome))
    wire.send('{"t":"req","i":1}')
    await vi.waitFor(() => expect(closed).toEqual([1006]))
    wire.send('{"t":"req","i":2}')
    expect(r.posted).toHaveLength(1)
  })

  it.each([[{ status: 401 }], [{ type: 'text/html' }]])('does not open on %o', async (answer) => {
    const { wire, closed } = opened(relay(answer))
    wire.onopen = () => expect.unreachable()
    await vi.waitFor(() => expect(closed).toEqual([1006]))
  })
})

it('events are read however the bytes are cut', () => {
  const text = `retry: 9\n\n:\n\nid: a=b;c\ndata: {"x":1}\n\ndata: one\ndata: two\n\n`
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new EventReader()
    const got = [...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))]
    expect(got).toEqual(['{"x":1}', 'one\ntwo'])
  }
})
