import { cleanup, render } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Keys, registry, useKeyboard, useKeys } from '.'

afterEach(cleanup)

function Page({ group = 'Page', keys }: { group?: string; keys: Keys }) {
  useKeys(group, keys)
  return null
}

function Frame({
  singleKeys = true,
  children,
}: {
  singleKeys?: boolean
  children: React.ReactNode
}) {
  useKeyboard(singleKeys)
  return children
}

const press = (key: string, more: KeyboardEventInit = {}, on: Element = document.body) =>
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))

const key = (run = vi.fn()) => ({ does: 'it', run })

describe('useKeys', () => {
  test('runs what is registered, with and without modifiers, and no longer than it is there', () => {
    const j = key()
    const k = key()
    const end = key()
    const { unmount } = render(
      <Frame>
        <Page keys={{ j, 'ctrl+k': k, 'shift+End': end }} />
      </Frame>,
    )
    press('j')
    press('k')
    press('End')
    expect([j.run, k.run, end.run].map((f) => f.mock.calls.length)).toEqual([1, 0, 0])
    press('K', { metaKey: true })
    press('End', { shiftKey: true })
    expect([j.run, k.run, end.run].map((f) => f.mock.calls.length)).toEqual([1, 1, 1])
    unmount()
    press('j')
    expect(j.run).toHaveBeenCalledTimes(1)
  })

  test('two keys, one after the other', () => {
    const b = key()
    const go = key()
    render(
      <Frame>
        <Page keys={{ 'g b': go, b }} />
      </Frame>,
    )
    press('g')
    press('b')
    expect([go.run, b.run].map((f) => f.mock.calls.length)).toEqual([1, 0])
    press('b')
    expect([go.run, b.run].map((f) => f.mock.calls.length)).toEqual([1, 1])
  })

  test('what came last is asked first', () => {
    const under = key()
    const over = key()
    render(
      <Frame>
        <Page keys={{ n: under }} />
        <Page keys={{ n: over }} />
      </Frame>,
    )
    press('n')
    expect([under.run, over.run].map((f) => f.mock.calls.length)).toEqual([0, 1])
  })

  test('nothing fires while typing, but chords do', () => {
    const j = key()
    const k = key()
    const { getByRole, getByLabelText } = render(
      <Frame>
        <Page keys={{ j, 'ctrl+k': k }} />
        <textarea />
        <input type="checkbox" aria-label="box" />
      </Frame>,
    )
    press('j', {}, getByRole('textbox'))
    expect(j.run).not.toHaveBeenCalled()
    press('k', { ctrlKey: true }, getByRole('textbox'))
    expect(k.run).toHaveBeenCalledTimes(1)
    press('j', {}, getByLabelText('box'))
    expect(j.run).toHaveBeenCalledTimes(1)
  })

  test('single keys can be switched off; named keys, chords and `always` stay', () => {
    const keys = {
      j: key(),
      'g b': key(),
      End: key(),
      'ctrl+k': key(),
      '?': { ...key(), always: true },
    }
    render(
      <Frame singleKeys={false}>
        <Page keys={keys} />
      </Frame>,
    )
    press('j')
    press('g')
    press('b')
    press('End')
    press('k', { ctrlKey: true })
    press('?')
    expect(Object.values(keys).map((k) => k.run.mock.calls.length)).toEqual([0, 0, 1, 1, 1])
  })

  test('a dialog has the keyboard to itself; a button keeps its Enter', () => {
    const enter = key()
    const { getByRole, rerender } = render(
      <Frame>
        <Page keys={{ Enter: enter }} />
        <button type="button">Run</button>
      </Frame>,
    )
    press('Enter', {}, getByRole('button'))
    expect(enter.run).not.toHaveBeenCalled()
    press('Enter')
    expect(enter.run).toHaveBeenCalledTimes(1)
    rerender(
      <Frame>
        <Page keys={{ Enter: enter }} />
        <div role="dialog" aria-modal="true" />
      </Frame>,
    )
    press('Enter')
    expect(enter.run).toHaveBeenCalledTimes(1)
  })

  test('are listed by group', () => {
    render(
      <Frame>
        <Page group="Go" keys={{ 'g b': key() }} />
        <Page group="Log" keys={{ n: key() }} />
        <Page group="Go" keys={{ 'g r': key() }} />
        <Page group="Nothing" keys={{}} />
      </Frame>,
    )
    expect(registry.all().map((g) => [g.group, g.keys.map(([name]) => name)])).toEqual([
      ['Go', ['g b', 'g r']],
      ['Log', ['n']],
    ])
  })
})
