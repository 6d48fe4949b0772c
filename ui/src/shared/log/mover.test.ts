import { expect, it } from 'vitest'
import { FakeLog } from './fakeLog'
import { Mover } from './mover'
import type { Pane } from './pane'

// A pane that answers a turn later, as a worker does.
function moving() {
  const { log } = new FakeLog().print(50)
  const chosen: number[] = []
  const pane = {
    rows: 50,
    state: { getState: () => ({ first: 0, last: 49, following: true }) },
    goTo: () => undefined,
    lineAt: async (row: number) => row + 1,
  }
  const mover = new Mover(log, pane as unknown as Pane, (line) => chosen.push(line))
  return { mover, chosen }
}

it('counts keys that come before the page has drawn the cursor of the one before', async () => {
  const { mover, chosen } = moving()
  const page = undefined // it has no cursor yet
  await mover.to(0, page)
  for (let i = 0; i < 3; i++) await mover.by(1, page)
  expect(chosen).toEqual([1, 2, 3, 4])
})

it('counts keys that come before the log has answered', async () => {
  const { mover, chosen } = moving()
  await Promise.all([mover.to(0, 30), mover.by(1, 30), mover.by(1, 30), mover.by(1, 30)])
  expect(chosen).toEqual([4])
})

it('begins at a line that was chosen otherwise since', async () => {
  const { mover, chosen } = moving()
  await mover.by(1, 5)
  mover.saw(6)
  await mover.by(1, 5) // somebody clicked where it was before
  expect(chosen).toEqual([6, 6])
})
