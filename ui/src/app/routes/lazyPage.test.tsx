import { cleanup, render, screen } from '@testing-library/react'
import { Component, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { lazyPage } from './lazyPage'

class Boundary extends Component<{ children: ReactNode }, { failed?: Error }> {
  override state: { failed?: Error } = {}
  static getDerivedStateFromError = (failed: Error) => ({ failed })
  override render() {
    return this.state.failed ? <p>{this.state.failed.message}</p> : this.props.children
  }
}

afterEach(cleanup)

test('a page stands there once its code has come', async () => {
  const Page = lazyPage(async () => ({ name }: { name: string }) => <h1>{name}</h1>)
  await Page.preload()
  render(<Page name="Runs" />)
  await screen.findByRole('heading', { name: 'Runs' })
})

test('code that does not come fails in its place: preloading is silent, the window stays', async () => {
  const reload = vi.spyOn(window.location, 'reload')
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const Page = lazyPage<object>(async () => {
    throw new TypeError('Failed to fetch dynamically imported module: /assets/RunsPage.js')
  })
  await Page.preload()
  render(<Page />, { wrapper: Boundary })
  await screen.findByText(/Failed to fetch/)
  expect(reload).not.toHaveBeenCalled()
})
