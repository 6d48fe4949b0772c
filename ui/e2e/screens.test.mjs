// Every screen in every odd state that the mock knows: it opens, complains of
// nothing, and stands axe in both schemes; each screen at three widths.
import { desk } from './harness/desk.mjs'

const { test, open, calm, looks } = await desk({ mock: 'states' })

const runs = [
  'done',
  'fail',
  'lost',
  'time',
  'refused',
  'cancelled',
  'unknown',
  'claimed',
  'silent',
  'trimmed',
  'pass',
  'live',
]
const screens = [
  ['benches', '/'],
  ['benches-table', '/?view=table'],
  ['benches-none-match', '/?q=no-such-bench'],
  ['workspace', '/b/hil-07/hu5h2446a0131'],
  ['workspace-unauthorized', '/b/cluster-01/ic4c2440a0102'],
  ['workspace-device-offline', '/b/proto-c2/hu6a000001'],
  ['workspace-bench-offline', '/b/rack-b4/hu5h2431a0022'],
  ['workspace-no-device', '/b/empty-1'],
  ['workspace-no-such-bench', '/b/hil-70'],
  ['workspace-no-such-device', '/b/hil-07/no-such'],
  ...runs.map((id) => [`run-${id}`, `/r/r-${id}`]),
  ['run-no-such', '/r/no-such-run'],
  ['run-line', '/r/r-live?L=12-20'],
  ['run-trimmed-line', '/r/r-trimmed?L=12'],
  ['runs', '/runs'],
  ['runs-none-match', '/runs?q=no-such-words'],
  ['compare', '/r/r-wrong..r-pass'],
  ['compare-equal', '/r/r-time..r-lost'],
  ['compare-no-such', '/r/r-fail..no-such-run'],
  ['checks', '/checks'],
  ['jobs', '/jobs?job=j-done'],
  ['lab', '/lab'],
  ['settings', '/settings'],
  ['no-such-page', '/no/such/page'],
]

const whole = [
  'benches',
  'benches-table',
  'workspace',
  'run-live',
  'runs',
  'compare',
  'checks',
  'jobs',
  'lab',
  'settings',
]

for (const [name, path] of screens) {
  test(`${name} looks as it should`, async () => {
    const page = await open(path)
    await calm(page)
    await looks(page, `screen-${name}`, { isBrief: !whole.includes(name) })
  })
}

// What lies over a page or at its side.
const opened = {
  messages: async (page) => page.getByRole('button', { name: /^Messages/ }).click(),
  notices: async (page) => {
    await opened.messages(page)
    await page.getByRole('button', { name: /^Notices/ }).click()
  },
  'hand-over': (page) => page.getByRole('button', { name: 'Hand over…' }).click(),
  queue: (page) => page.getByRole('button', { name: '1 in the queue' }).click(),
  'pin-note': async (page) => {
    await page.getByRole('button', { name: 'Device', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Pin a note to the bench…' }).click()
  },
}

for (const [name, act] of Object.entries(opened)) {
  test(`${name} looks as it should`, async () => {
    const page = await open('/b/hil-07/hu5h2446a0131')
    await calm(page)
    await act(page)
    await looks(page, `screen-${name}`, { isBrief: name !== 'messages' })
  })
}
