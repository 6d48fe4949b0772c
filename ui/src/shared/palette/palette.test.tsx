import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { type Action, pageActions, useActions } from '.'

afterEach(cleanup)

function Page({ actions }: { actions: Action[] }) {
  useActions('This run', actions)
  return null
}

test('a page offers its actions while it is there, as they are now', () => {
  const action = (label: string) => [{ id: 'again', label, run: () => {} }]
  const { rerender, unmount } = render(<Page actions={action('Run again')} />)
  rerender(<Page actions={action('Cancel run')} />)
  expect(pageActions().map((g) => [g.group, g.actions[0]?.label])).toEqual([
    ['This run', 'Cancel run'],
  ])
  unmount()
  expect(pageActions()).toEqual([])
})
