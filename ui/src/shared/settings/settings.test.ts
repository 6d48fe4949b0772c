import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { changeSettings, local, settings, syncSettings, usual } from '.'

// A relay's document of settings, and what it was asked.
class Relay {
  revision = 3
  settings: Record<string, unknown> = {}
  puts = 0
  isDown = false
  before: (() => void) | undefined // happens between a read and the next write

  fetch = async (_: string, init: RequestInit = {}): Promise<Response> => {
    if (this.isDown) throw new TypeError('no network')
    if (init.method !== 'PUT') return this.#answer(200)
    this.puts++
    this.before?.()
    this.before = undefined
    const body = JSON.parse(String(init.body))
    if (body.revision !== this.revision) {
      return new Response(JSON.stringify({ code: 'conflict', status: 409 }), { status: 409 })
    }
    this.settings = body.settings
    this.revision++
    return this.#answer(200)
  }

  #answer = (status: number) =>
    new Response(JSON.stringify({ revision: this.revision, settings: this.settings }), { status })
}

let relay: Relay
let stop = () => {}

beforeEach(() => {
  localStorage.clear()
  settings.setState(usual)
  relay = new Relay()
  vi.stubGlobal('fetch', relay.fetch)
})
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
})

const soon = { timeout: 4000, interval: 10 }

describe('settings', () => {
  test('stand at once, and survive the page', () => {
    changeSettings({ theme: 'dark', pins: ['hil-07'] })
    expect(settings.getState().theme).toBe('dark')
    const kept = JSON.parse(localStorage.getItem('farbench.settings') ?? '')
    expect(kept.settings).toEqual({ theme: 'dark', pins: ['hil-07'] })
  })

  test('a field that does not read falls back alone', () => {
    local.take('mk', { theme: 'pink', density: 'compact', pins: 'no list', wrap: 1 })
    expect(settings.getState()).toEqual({ ...usual, density: 'compact' })
  })

  test('another tab is followed', () => {
    const leave = local.follow()
    localStorage.setItem(
      'farbench.settings',
      JSON.stringify({ by: '', settings: { wrap: true }, unsent: [] }),
    )
    dispatchEvent(new StorageEvent('storage', { key: 'farbench.settings' }))
    expect(settings.getState().wrap).toBe(true)
    leave()
  })
})

describe('settings and the relay', () => {
  test('what the relay knows is taken; what it does not know yet is sent', async () => {
    relay.settings = { theme: 'light', wrap: true, ofTomorrow: 1 }
    changeSettings({ theme: 'dark' })
    stop = syncSettings('mk')
    await vi.waitFor(() => expect(relay.puts).toBe(1), soon)
    expect(relay.settings).toEqual({ theme: 'dark', wrap: true, ofTomorrow: 1 })
    await vi.waitFor(() => expect(local.unsent()).toEqual({}), soon)
    expect(settings.getState()).toEqual({ ...usual, theme: 'dark', wrap: true })
  })

  test('two tabs that change different fields both get their way', async () => {
    stop = syncSettings('mk')
    relay.before = () => {
      relay.settings = { density: 'compact' }
      relay.revision++
    }
    changeSettings({ pins: ['hil-07'] })
    await vi.waitFor(() => expect(relay.puts).toBe(2), soon)
    await vi.waitFor(
      () => expect(relay.settings).toEqual({ density: 'compact', pins: ['hil-07'] }),
      soon,
    )
    await vi.waitFor(() => expect(settings.getState().density).toBe('compact'), soon)
  })

  test('a relay that does not answer costs nothing; the next connection sends', async () => {
    relay.isDown = true
    stop = syncSettings('mk')
    changeSettings({ time: 'delta' })
    expect(settings.getState().time).toBe('delta')
    stop()
    relay.isDown = false
    stop = syncSettings('mk')
    await vi.waitFor(() => expect(relay.settings).toEqual({ time: 'delta' }), soon)
  })

  test('what one person left unsent is not sent as another', async () => {
    local.take('mk', {})
    changeSettings({ theme: 'dark' })
    relay.settings = { theme: 'light' }
    stop = syncSettings('jl')
    await vi.waitFor(() => expect(settings.getState().theme).toBe('light'), soon)
    expect(relay.puts).toBe(0)
    expect(local.unsent()).toEqual({})
  })
})
