// What a browser's processes use, as Linux counts it.
import { readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'

const tick = 10 // ms: what /proc counts CPU time in

// renderers gives the CPU seconds of the browser's pages so far, by process.
export async function renderers(browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return new Map(processInfo.filter((p) => p.type === 'renderer').map((p) => [p.id, p.cpuTime]))
}

// memoryOf is what a process has in memory for itself alone, MB: neither the
// browser's program nor what it shares with others.
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/^RssAnon:\s+(\d+)/m.exec(status)[1]) * 1024) / 1e6
}

// cpu is the time that each kind of thread has used so far, ms.
export function cpu(pid) {
  const out = { page: 0, workers: 0, all: 0 }
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    let stat
    try {
      stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8')
    } catch {
      continue // it ended just now
    }
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ms = (Number(rest[11]) + Number(rest[12])) * tick
    out.all += ms
    if (Number(id) === pid) out.page += ms
    if (name.startsWith('DedicatedWorker')) out.workers += ms
  }
  return out
}

export const load = () => loadavg()[0]
