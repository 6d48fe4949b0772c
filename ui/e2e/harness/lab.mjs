// The relay's HTTP API as a test uses it beside the page.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { until } from './until.mjs'

export class Lab {
  bench = 'demo'
  devices = ['sim0001', 'sim0002-5555']
  #relay

  constructor(relay) {
    this.#relay = relay
  }

  // ask gives { status, body }; a body that is JSON comes parsed.
  async ask(method, path, body) {
    const response = await fetch(this.#relay.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#relay.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJSON = /(?<!nd)json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '')
    return { status: response.status, body: isJSON ? JSON.parse(text) : text }
  }

  async get(path) {
    const { status, body } = await this.ask('GET', path)
    assert.equal(status, 200, `GET ${path}: ${JSON.stringify(body)}`)
    return body
  }

  run(id) {
    return this.get(`/api/v1/runs/${id}`)
  }

  // start begins a run and gives its id at once.
  async start(command, { bench = this.bench, device = this.devices[0], ...more } = {}) {
    const id = `e2e-${randomUUID().slice(0, 13)}`
    const order = { id, bench, device, command, ...more }
    const { status, body } = await this.ask('POST', '/api/v1/runs', order)
    assert.ok(status < 300, `starting ${command}: ${status} ${JSON.stringify(body)}`)
    return body.id
  }

  // act does what is no command of the device's shell, to its end.
  async act(act, { bench = this.bench, device = this.devices[0] } = {}) {
    const { status, body } = await this.ask('POST', '/api/v1/runs', { bench, device, act })
    assert.ok(status < 300, `${act.kind}: ${status} ${JSON.stringify(body)}`)
    return this.ended(body.id)
  }

  async ended(id, within = 60_000) {
    return until(
      `the end of ${id}`,
      async () => {
        const run = await this.run(id)
        return run.state === 'ended' && run
      },
      within,
    )
  }

  // exec begins a run and waits for its end.
  async exec(command, more) {
    const id = await this.start(command, more)
    await this.ended(id)
    return id
  }

  async cancel(id) {
    const { status } = await this.ask('POST', `/api/v1/runs/${id}/cancel`)
    assert.ok(status < 300, `cancelling ${id}: ${status}`)
    return this.ended(id)
  }

  // lines are those of a run as the relay has them.
  async lines(id) {
    const text = await this.get(`/api/v1/runs/${id}/log?format=text`)
    return text.split('\n').slice(0, -1)
  }

  // seed makes a small history: passed, failed, cancelled, and stderr.
  async seed() {
    const passed = await this.exec('getprop ro.build.fingerprint')
    const failed = await this.exec('echo E/gone: sorry >&2; exit 7', { device: this.devices[1] })
    const long = await this.start('sleep 300')
    await this.cancel(long)
    return { passed, failed, cancelled: long }
  }
}
