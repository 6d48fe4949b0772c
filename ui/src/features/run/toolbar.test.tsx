import { MantineProvider } from '@mantine/core'
import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { type ReactNode, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Level, Log } from '@/shared/log'
import { FakeLog } from '@/shared/log/fakeLog'
import { type Params, viewOf } from './address'
import { Levels } from './Levels'
import { LineNote } from './LineNote'
import { Search } from './Search'
import { useLine } from './useLine'
import { useSteps } from './useSteps'
import { filterOf, useView } from './useView'

const Frame = ({ children }: { children: ReactNode }) => (
  <MantineProvider>{children}</MantineProvider>
)
afterEach(cleanup)

const choose = vi.fn()

function Chips({ log }: { log: Log }) {
  const [hidden, setHidden] = useState<Level[]>([])
  return <Levels log={log} hidden={hidden} onHide={setHidden} />
}
function Note({ fake, line }: { fake: FakeLog; line: number }) {
  const what = useLine(fake.log, line)
  const chosen = { from: line, to: line, cursor: line }
  return (
    <LineNote
      log={fake.log}
      line={what}
      chosen={chosen}
      onChoose={choose}
      onShowAll={() => undefined}
    />
  )
}

describe('level chips', () => {
  const fake = new FakeLog()
  fake.print(3, { level: 'warn' }).print(12_345, { level: 'debug' }).print(1, { level: 'error' })

  const pressed = () =>
    screen.getAllByRole('button').map((b) => [b.textContent, b.getAttribute('aria-pressed')])

  it('count, hide and show again; Alt shows one alone', () => {
    render(<Chips log={fake.log} />, { wrapper: Frame })
    expect(pressed()).toEqual([
      ['D12.3kdebug lines', 'true'],
      ['W3warn lines', 'true'],
      ['E1error lines', 'true'],
    ])
    fireEvent.click(screen.getByRole('button', { name: /debug/ }))
    expect(pressed().map(([, is]) => is)).toEqual(['false', 'true', 'true'])
    fireEvent.click(screen.getByRole('button', { name: /error/ }), { altKey: true })
    expect(pressed().map(([, is]) => is)).toEqual(['false', 'false', 'true'])
    fireEvent.click(screen.getByRole('button', { name: /error/ }), { altKey: true })
    expect(pressed().map(([, is]) => is)).toEqual(['true', 'true', 'true'])
  })
})

describe('the search field', () => {
  const show = (found: object, steps: Partial<Parameters<typeof Search>[0]['steps']> = {}) => {
    const fake = new FakeLog().print(5)
    const search = { text: '(getRoot', isRegex: true, matchCase: false }
    fake.tell({ found: { query: search, total: 0, busy: false, ...found } })
    const onChange = vi.fn()
    const step = vi.fn(async () => undefined)
    render(
      <Search
        log={fake.log}
        search={search}
        steps={{ step, at: undefined, said: '', ...steps }}
        field={{ current: null }}
        onChange={onChange}
        onLeave={() => undefined}
      />,
      { wrapper: Frame },
    )
    return { onChange, step, field: screen.getByRole('textbox', { name: 'Search this log' }) }
  }

  it('says in words what is wrong with a pattern', () => {
    const { field } = show({ fault: 'Missing “)” in the pattern' })
    expect(screen.getByRole('alert').textContent).toBe('Missing “)” in the pattern')
    expect(field.getAttribute('aria-invalid')).toBe('true')
  })

  it('says which match of how many one stands on', () => {
    show({ total: 27 }, { at: { line: 5, index: 3 } })
    expect(screen.getByRole('status').textContent).toBe('3 of 27')
  })

  it('goes on by Enter and back by Shift+Enter; the switches keep the text', () => {
    const { field, step, onChange } = show({ total: 2 })
    fireEvent.keyDown(field, { key: 'Enter' })
    fireEvent.keyDown(field, { key: 'Enter', shiftKey: true })
    expect(step.mock.calls).toEqual([
      ['hit', 1],
      ['hit', -1],
    ])
    fireEvent.click(screen.getByRole('button', { name: 'Match case' }))
    expect(onChange).toHaveBeenCalledWith({ text: '(getRoot', isRegex: true, matchCase: true })
  })
})

describe('useView', () => {
  it('writes the address a moment later, once, and takes what others put there', () => {
    vi.useFakeTimers()
    const onParams = vi.fn()
    const onGiven = vi.fn()
    const { result, rerender } = renderHook(
      ({ params }: { params: Params }) => useView(params, onParams, onGiven),
      { initialProps: { params: {} as Params } },
    )
    act(() => result.current.choose(12))
    act(() => result.current.choose(13))
    act(() => result.current.choose(40, true))
    expect(result.current.chosen).toEqual({ from: 13, to: 40, cursor: 40 })
    act(() => result.current.choose(2, true))
    expect(result.current.chosen).toEqual({ from: 2, to: 40, cursor: 2 })
    expect(onParams).not.toHaveBeenCalled()
    act(() => vi.advanceTimersByTime(300))
    expect(onParams.mock.calls).toEqual([[{ L: '2-40' }]])
    rerender({ params: { L: '2-40' } })
    expect(onGiven).not.toHaveBeenCalled()
    rerender({ params: { L: 7, q: 'x' } })
    expect(onGiven).toHaveBeenCalledWith(7)
    expect(result.current.view.search.text).toBe('x')
    act(() => vi.advanceTimersByTime(300))
    expect(onParams).toHaveBeenCalledTimes(1)
    vi.useRealTimers()
  })

  it('gives the log no filter where nothing is hidden', () => {
    expect(filterOf(viewOf({}))).toBeUndefined()
    expect(filterOf(viewOf({ hide: 'd', s: 'err', x: 'a', not: 1 }))).toEqual({
      levels: ['plain', 'ok', 'info', 'warn', 'error', 'fatal', 'system'],
      stream: 'err',
      text: 'a',
      isRegex: false,
      matchCase: false,
      isInverse: true,
    })
  })
})

describe('useSteps', () => {
  const stepping = (step: Log['step'], cursor?: number) => {
    const log: Log = { ...new FakeLog().print(50).log, step }
    const choose = vi.fn()
    return { choose, ...renderHook(() => useSteps(log, undefined, cursor, choose)) }
  }

  it('goes round the end and says so', async () => {
    const step = vi.fn<Log['step']>(async (_, from) =>
      from === 0 ? { line: 4, row: 3, index: 1 } : undefined,
    )
    const { result, choose } = stepping(step, 40)
    await act(() => result.current.step('hit', 1))
    expect(step.mock.calls).toEqual([
      ['hit', 40, 1],
      ['hit', 0, 1],
    ])
    expect(choose).toHaveBeenCalledWith(4)
    expect(result.current.said).toBe('went on from the top')
    expect(result.current.at).toEqual({ line: 4, index: 1 })
  })

  it('begins where the step before led to, however fast they come', async () => {
    const step = vi.fn<Log['step']>(async (_, from) => ({ line: from + 10, row: from + 9 }))
    const { result, choose } = stepping(step, 5)
    await act(() => Promise.all([1, 2, 3].map(() => result.current.step('error', 1))))
    expect(choose.mock.calls).toEqual([[15], [25], [35]])
  })

  it('says that there is none', async () => {
    const { result, choose } = stepping(async () => undefined, 4)
    await act(() => result.current.step('error', -1))
    expect(choose).not.toHaveBeenCalled()
    expect(result.current.said).toBe('no error')
  })
})

describe('a line of the address', () => {
  const noted = async (fake: FakeLog, line: number) => {
    render(<Note fake={fake} line={line} />, { wrapper: Frame })
    return (await screen.findByRole('status')).textContent
  }

  it('that was trimmed says so and offers the nearest', async () => {
    const fake = new FakeLog().gap(100, false).print(5)
    expect(await noted(fake, 40)).toBe(
      'Line 40 is not kept. The spool was full.Go to the nearest, 101',
    )
    fireEvent.click(screen.getByRole('button'))
    expect(choose).toHaveBeenCalledWith(101)
  })

  it('that is not received offers Load', async () => {
    const fake = new FakeLog().print(2).gap(100, true).print(5)
    expect(await noted(fake, 40)).toBe('Line 40 is not received. The spool was full.Load')
    fireEvent.click(screen.getByRole('button'))
    expect(fake.loaded).toEqual([3])
  })

  it('that the run never printed, or a filter hides, says so', async () => {
    const fake = new FakeLog().print(88)
    fake.tell({ phase: 'over' })
    expect(await noted(fake, 500)).toBe('The run has 88 lines.Go to the last')
    cleanup()
    fake.rows = fake.rows.filter((_, i) => i % 2 === 0)
    expect(await noted(fake, 2)).toBe('The filter hides it.Show all lines')
  })
})
