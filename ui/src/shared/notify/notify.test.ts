import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { settings } from '@/shared/settings'
import { notify } from './notify'

type Shown = { title: string; options: NotificationOptions; onclick?: () => void }
let shown: Shown[] = []
const told = (id: string, chosen = vi.fn()) => ({ id, title: 'Yours', text: '<b>now</b>', chosen })
const looking = (is: boolean) => vi.spyOn(document, 'hasFocus').mockReturnValue(is)

afterEach(() => vi.unstubAllGlobals())

beforeEach(() => {
  shown = []
  class Recorder {
    static permission: NotificationPermission = 'granted'
    onclick?: () => void
    constructor(title: string, options: NotificationOptions) {
      shown.push(Object.assign(this, { title, options }))
    }
    close() {}
  }
  vi.stubGlobal('Notification', Recorder)
  vi.stubGlobal('isSecureContext', true)
  settings.setState({ notify: true })
  looking(false)
})

// locksOf is what tabs share: held are those of others.
function locksOf(...held: string[]) {
  const names = new Set(held)
  vi.stubGlobal('navigator', {
    locks: {
      query: async () => ({ held: [...names].map((name) => ({ name })) }),
      request: async (name: string, _: unknown, act: (lock: object | null) => unknown) => {
        const isFree = !names.has(name)
        names.add(name)
        await act(isFree ? {} : null)
      },
    },
  })
}

it('tells of an event once, and of another again though it says the same', async () => {
  locksOf('farbench.told e0')
  await notify(told('e0'))
  await notify(told('e1'))
  await notify(told('e1'))
  await notify(told('e2'))
  expect(shown.map(({ title, options }) => [title, options.body, options.tag])).toEqual([
    ['Yours', '<b>now</b>', 'e1'],
    ['Yours', '<b>now</b>', 'e2'],
  ])
})

it('goes where it leads when it is chosen', async () => {
  const chosen = vi.fn()
  const focus = vi.spyOn(globalThis, 'focus').mockReturnValue(undefined)
  await notify(told('e1', chosen))
  shown[0]?.onclick?.()
  expect(chosen).toHaveBeenCalledOnce()
  expect(focus).toHaveBeenCalledOnce()
})

it('tells nothing to who looks, in this tab or in another one', async () => {
  looking(true)
  await notify(told('e1'))
  looking(false)
  locksOf('farbench.looked')
  await notify(told('e2'))
  expect(shown).toEqual([])
})

it('tells nothing where it was not switched on, or the browser forbids it', async () => {
  settings.setState({ notify: false })
  await notify(told('e1'))
  settings.setState({ notify: true })
  Object.assign(Notification, { permission: 'denied' })
  await notify(told('e2'))
  expect(shown).toEqual([])
})
