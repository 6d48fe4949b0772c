// The browser of a test file, and what its pages complain about.
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { proxiedAt } from './proxy.mjs'

export const artifacts = fileURLToPath(new URL('../../../artifacts/', import.meta.url))

const chromiumPath = () =>
  [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path && existsSync(path))

export const missingBrowser = () =>
  chromiumPath()
    ? undefined
    : 'no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM'

export function launch() {
  mkdirSync(artifacts, { recursive: true })
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP localhost ${proxiedAt}`,
    ],
  })
}

// A browser says these whenever a request is refused or a connection is lost,
// which tests bring about on purpose.
const ofTheNetwork =
  /Failed to load resource|WebSocket connection|net::ERR_|EventSource|Failed to fetch/

// watch collects what pages of a context say that no page should: errors,
// warnings of React, and what the policy (CSP) had to stop.
export async function watch(context, complaints) {
  await context.exposeBinding('farbenchComplains', (_, what) => complaints.push(what))
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) =>
      globalThis.farbenchComplains(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`),
    )
  })
  context.on('weberror', (e) => complaints.push(`error: ${e.error().message}`))
  context.on('console', (m) => {
    if (!['error', 'warning'].includes(m.type()) || ofTheNetwork.test(m.text())) return
    complaints.push(`${m.type()}: ${m.text().slice(0, 500)} (${m.page()?.url()})`)
  })
}
