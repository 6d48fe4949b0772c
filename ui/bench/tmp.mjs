import { setTimeout as wait } from 'node:timers/promises'
import { launch, source } from './browser.mjs'
import { Measured } from './page.mjs'

const from = await source('/tmp/vbdist', 400000)
const browser = await launch()
const v = await Measured.open(browser, from.url + '/r/flood')
await wait(1500)
const ended = from.flood(20000)
await wait(2000)
async function prof(label, act) {
  await v.session.send('Profiler.enable')
  await v.session.send('Profiler.setSamplingInterval', { interval: 200 })
  await v.session.send('Profiler.start')
  await act()
  const { profile } = await v.session.send('Profiler.stop')
  const self = new Map(),
    total = new Map(),
    byId = new Map(profile.nodes.map((n) => [n.id, n]))
  const parent = new Map()
  for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id)
  const dt = profile.timeDeltas
  let sum = 0
  profile.samples.forEach((id, i) => {
    const t = dt[i] / 1000
    sum += t
    const seen = new Set()
    let k = id,
      first = true
    while (k) {
      const n = byId.get(k)
      const name =
        n.callFrame.functionName +
        ':' +
        n.callFrame.url.split('/').pop().slice(0, 22) +
        ':' +
        n.callFrame.lineNumber
      if (first) self.set(name, (self.get(name) ?? 0) + t)
      first = false
      if (!seen.has(name)) total.set(name, (total.get(name) ?? 0) + t)
      seen.add(name)
      k = parent.get(k)
    }
  })
  console.log('==', label, sum.toFixed(0), 'ms')
  const top = (m, n) =>
    [...m]
      .sort((a, b) => b[1] - a[1])
      .slice(0, n)
      .map(([k, t]) => ((t / sum) * 100).toFixed(1).padStart(6) + '% ' + k)
      .join('\n')
  console.log('self\n' + top(self, 22))
  console.log('total\n' + top(total, 45))
}
await prof('following', () => wait(5000))
await v.page.getByRole('listbox', { name: 'Log lines' }).focus()
await prof('keys', async () => {
  await v.keys(Array.from({ length: 24 }, (_, i) => 'jjjk'[i % 4]))
})
await browser.close()
await from.stop()
