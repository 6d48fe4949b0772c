import { MantineProvider } from '@mantine/core'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { Confirm, confirm } from '.'

afterEach(cleanup)

const reboot = {
  title: 'Reboot hu5-high?',
  text: 'The run `logcat` ends.',
  does: 'Reboot device',
  safe: 'Keep running',
}

function ask() {
  render(
    <MantineProvider env="test">
      <Confirm />
    </MantineProvider>,
  )
  let said: Promise<boolean> = Promise.resolve(false)
  act(() => {
    said = confirm(reboot)
  })
  return said
}

test('the safe answer has the focus, and the button says what happens', async () => {
  const said = ask()
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep running' }))
  fireEvent.click(screen.getByRole('button', { name: 'Reboot device' }))
  expect(await said).toBe(true)
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('Escape and another question mean no', async () => {
  const said = ask()
  fireEvent(screen.getByRole('dialog'), new Event('cancel', { cancelable: true }))
  expect(await said).toBe(false)
  const first = confirm(reboot)
  const second = confirm(reboot)
  expect(await first).toBe(false)
  fireEvent.click(await screen.findByRole('button', { name: 'Keep running' }))
  expect(await second).toBe(false)
})
