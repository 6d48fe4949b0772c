// Jobs of the mock relay, one in each state; they stay as they are but for being
// cancelled, and a search that is begun goes on for ever.
import { markup } from './hostile.mjs'

const at = (s) => new Date(Date.now() + s * 1000).toISOString()
const me = { id: 'mk', name: 'mk' }
const ada = { id: 'p-ada', name: 'Ada' }
const grace = { id: 'p-grace', name: 'Grace Hopper' }

const search = (id, by, text, s, more = {}) => ({
  id,
  kind: 'search',
  title: `Search for “${text}”`,
  room: 'lab',
  by,
  asked: { text },
  state: 'running',
  done: 0,
  of: 0,
  started_at: at(s),
  ...more,
})
const ended = (state, s, more) => ({ state, ended_at: at(s), ...more })
const hit = (run, n, text) => ({ run, bench: 'hil-07', device: 'hu5h2446a0131', n, text })

const worlds = {
  empty: () => [],
  states: () => [
    search('j-mine', me, 'avc: denied', -48, { done: 340, of: 1204 }),
    search('j-ada', ada, 'tombstone', -3),
    search('j-done', me, 'nav', -600, {
      ...ended('done', -572, { done: 1204, of: 1204 }),
      result: {
        hits: [
          hit('r-live', 12, 'I/nav: no position after 30 s, NAV is off'),
          hit('r-live', 14, 'W/nav: retrying'),
          hit('r-fail', 3, 'E/nav: gave up'),
        ],
        runs: 1204,
        bad: 2,
        more: true,
      },
    }),
    search('j-none', grace, 'ANR in com.farbench', -3000, {
      ...ended('done', -2900, { done: 88, of: 88 }),
      room: 'bench:hil-07',
      asked: { text: 'ANR in com.farbench', bench: 'hil-07' },
      result: { hits: [], runs: 88, bad: 0, more: false },
    }),
    search('j-cancelled', ada, 'e', -5000, {
      ...ended('cancelled', -4990, { done: 12, of: 1204, ended_by: grace }),
    }),
    search('j-lost', grace, 'kernel panic', -7000, {
      ...ended('lost', -6500, { done: 700, of: 1204 }),
      fault: {
        code: 'unavailable',
        message: 'the relay that worked on it is gone',
        hint: 'start it again',
      },
    }),
    search('j-failed', me, 'a', -9000, {
      ...ended('failed', -8100, { done: 1100, of: 1204 }),
      fault: {
        code: 'too_large',
        message: 'it was not done within 15m0s',
        hint: 'narrow it down',
      },
    }),
  ],
  hostile: () =>
    markup.map((text, i) =>
      search(`j-evil${i}`, { id: `p-evil${i}`, name: text }, text, -60 - i, {
        ...ended('done', -50, { done: 1, of: 1 }),
        result: {
          hits: [{ run: `r-evil${i}`, bench: text, device: text, n: 1, text }],
          runs: 1,
          bad: 0,
          more: false,
        },
      }),
    ),
}

export function jobsOf(name, tell) {
  const jobs = worlds[name]()
  return {
    jobs,
    start({ d }) {
      const job = search(`j-${jobs.length}`, me, d.text, 0, {
        asked: d,
        room: d.bench ? `bench:${d.bench}` : 'lab',
        done: 1,
        of: 1204,
      })
      jobs.unshift(job)
      tell('job', job)
      return { id: job.id }
    },
    cancel({ id }) {
      const job = jobs.find((j) => j.id === id)
      Object.assign(job, ended('cancelled', 0, { ended_by: me }))
      tell('job', job)
      return job
    },
  }
}
