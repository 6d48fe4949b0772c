// A TCP proxy between browser and relay, to be cut, stalled, or deaf to
// WebSockets. It listens on the relay's own port at another loopback address,
// and the browser is told to find `localhost` there: Host and Origin are then
// what the relay expects, and no byte needs rewriting.
import { connect, createServer } from 'node:net'

export const proxiedAt = '127.0.0.2'

export async function startProxy(url) {
  const port = Number(new URL(url).port)
  const pairs = new Set()
  const way = { isCut: false, isStalled: false, refusesSockets: false }

  const server = createServer({ pauseOnConnect: false }, (near) => {
    near.on('error', () => near.destroy())
    if (way.isCut) return near.resetAndDestroy()
    const far = connect(port, '127.0.0.1')
    const pair = { near, far, held: [] }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const side of [near, far]) {
      side.setNoDelay(true)
      side.on('error', end)
      side.on('close', end)
    }
    const pass = (to) => (bytes) => {
      if (way.isStalled) pair.held.push([to, bytes])
      else to.write(bytes)
    }
    // Every request line of a kept-alive connection is looked at.
    near.on('data', (bytes) => {
      const isSocket = bytes.subarray(0, 8).toString('latin1').startsWith('GET /ws')
      if (!isSocket || !way.refusesSockets) return pass(far)(bytes)
      pairs.delete(pair)
      near.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      far.destroy()
    })
    far.on('data', pass(near))
  })
  await new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, proxiedAt, done)
  })

  return {
    url: `http://localhost:${port}`,
    // cut resets what is open and whatever comes until mend.
    cut() {
      way.isCut = true
      for (const { near, far } of pairs) {
        near.resetAndDestroy()
        far.destroy()
      }
      pairs.clear()
    },
    // stall lets nothing through in either direction until mend, which then
    // delivers it: a network that hangs.
    stall() {
      way.isStalled = true
    },
    mend() {
      Object.assign(way, { isCut: false, isStalled: false })
      for (const pair of pairs) {
        for (const [to, bytes] of pair.held.splice(0)) to.write(bytes)
      }
    },
    // refuseSockets answers each upgrade with 403, as some offices' proxies do.
    refuseSockets(is = true) {
      way.refusesSockets = is
    },
    stop() {
      this.cut()
      return new Promise((done) => server.close(done))
    },
  }
}
