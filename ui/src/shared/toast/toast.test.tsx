import { MantineProvider } from '@mantine/core'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { dismissAbout, Toasts, toast } from '.'

const show = () =>
  render(
    <MantineProvider env="test">
      <input aria-label="field" />
      <Toasts />
    </MantineProvider>,
  )

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

test('a toast is read politely, takes no focus, and goes by itself', () => {
  vi.useFakeTimers()
  show()
  screen.getByLabelText('field').focus()
  act(() => toast({ title: 'Version check passed', text: 'on ivi-gbg-2', tone: 'ok' }))
  const region = screen.getByRole('region', { name: 'Messages' })
  expect(region.getAttribute('aria-live')).toBe('polite')
  expect(region.textContent).toContain('Version check passed on ivi-gbg-2')
  expect(document.activeElement).toBe(screen.getByLabelText('field'))
  act(() => vi.advanceTimersByTime(7000))
  expect(region.textContent).toBe('')
})

test('its action acts once; the same again does not pile up', () => {
  show()
  const run = vi.fn()
  act(() => toast({ title: 'Removed', action: { label: 'Undo', run } }))
  act(() => toast({ title: 'Removed', action: { label: 'Undo', run } }))
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(run).toHaveBeenCalledTimes(1)
  expect(screen.queryByText('Removed')).toBeNull()
})

test('what says the same as something that was opened goes with it', () => {
  show()
  act(() => toast({ title: 'Ada', text: 'At noon.', about: 'user:ada' }))
  act(() => toast({ title: 'Version check passed' }))
  act(() => dismissAbout('user:ada'))
  expect(screen.queryByText('At noon.', { exact: false })).toBeNull()
  screen.getByText('Version check passed')
})
