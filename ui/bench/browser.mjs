// What is measured with: a browser, and a relay of one run in its own process.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export function launch() {
  const executablePath = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path && existsSync(path))
  if (!executablePath)
    throw new Error('no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export async function source(dist, lines) {
  const child = fork(fileURLToPath(new URL('source.mjs', import.meta.url)), [dist, String(lines)])
  const gone = once(child, 'exit')
  const [{ url }] = await Promise.race([
    once(child, 'message'),
    gone.then(() => Promise.reject(new Error('the source of lines ended'))),
  ])
  const ended = new Promise((done) => {
    child.on('message', (m) => m.ended && done())
  })
  return {
    url,
    // flood sends all lines, so many a second, and waits for the last.
    flood: (rate) => {
      child.send({ flood: rate })
      return ended
    },
    // finish makes it a run that ended long ago.
    finish: () => {
      child.send({ finish: true })
      return ended
    },
    stop: () => {
      if (child.connected) child.disconnect()
      return gone
    },
  }
}
