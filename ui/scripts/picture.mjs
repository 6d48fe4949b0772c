// The README's picture: a true screenshot of this dashboard, light and dark. A
// farbench-local with its simulated bench lives through a small lab day, and
// the page of a device is taken while its log comes in.
//
//   node scripts/picture.mjs [FOLDER]     (make picture)
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, missingBrowser } from '../e2e/harness/browser.mjs'
import { Lab } from '../e2e/harness/lab.mjs'
import { missingLocal, startLocal } from '../e2e/harness/local.mjs'
import { until } from '../e2e/harness/until.mjs'
import { smallPNG } from './png.mjs'

const size = { width: 1280, height: 800 }
const scale = 1.5
export const pixels = { width: size.width * scale, height: size.height * scale }
export const schemes = ['light', 'dark']
export const pictureOf = (folder, scheme) => join(folder, `dashboard-${scheme}.png`)

const check = (id, label, command, pattern, expect) => ({ id, label, command, pattern, expect })
const checks = [
  check(
    'dcm',
    'DCM version',
    'dumpsys package com.farbench.dcm | grep versionName',
    'versionName=(?<version>\\S+)',
    { is: '24.2.1' },
  ),
  check('booted', 'Boot completed', 'getprop sys.boot_completed', '^(?<booted>\\S+)$', { is: '1' }),
  check('voltage', 'Board voltage, mV', 'dumpsys battery', '^ *voltage: (?<millivolts>\\d+)', {
    above: 12000,
  }),
  check('ignition', 'Ignition', 'dumpsys car_service', 'IGNITION_STATE: \\d \\((?<state>\\w+)\\)', {
    is: 'ON',
  }),
]

// A morning at the bench: what the unit is, whether it is fit to work with,
// that it still carries the release candidate, and then its log. Gives the run
// of the log.
async function day(lab) {
  const { body } = await lab.ask('GET', '/api/v1/checks')
  const saved = await lab.ask('PUT', '/api/v1/checks', { ...body, checks })
  if (saved.status !== 200) throw new Error(`saving checks: ${JSON.stringify(saved.body)}`)
  const [unit, cluster] = lab.devices
  await lab.start('logcat -b crash', { device: cluster })
  for (const id of ['booted', 'voltage']) await lab.exec(undefined, { check: id })
  await lab.exec('getprop ro.build.fingerprint')
  await lab.exec('am start -W -n com.farbench.navigation/.MapActivity')
  await lab.exec(undefined, { check: 'dcm' })
  return lab.start('logcat -b all -v threadtime', { device: unit })
}

export async function take(folder) {
  const missing = missingBrowser() ?? missingLocal()
  if (missing) throw new Error(missing)
  mkdirSync(folder, { recursive: true })
  const relay = await startLocal()
  const browser = await launch()
  try {
    const lab = new Lab(relay)
    const log = await day(lab)
    const page = await open(browser, relay, `/b/${lab.bench}/${lab.devices[0]}`, lab)
    const lines = page.locator(`[data-run="${log}"] [role=listbox]`)
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      const path = pictureOf(folder, scheme)
      // Both come every few seconds: a log without them would show less.
      await until('a warning and an error in sight', () => lines.evaluate(showsBoth), 120_000)
      const shot = await page.screenshot({ animations: 'disabled', caret: 'hide' })
      writeFileSync(path, await small(page, shot))
    }
  } finally {
    await browser.close()
    await relay.stop()
  }
}

async function open(browser, relay, path, lab) {
  const context = await browser.newContext({
    viewport: size,
    deviceScaleFactor: scale,
    locale: 'en-GB',
    timezoneId: 'UTC', // as the simulated device has it
  })
  await context.request.post(`${relay.url}/api/v1/session`, { data: { token: relay.token } })
  const settings = { hintSeen: true, pins: [lab.bench] }
  await lab.ask('PUT', '/api/v1/settings', { revision: 0, settings })
  const page = await context.newPage()
  await page.goto(relay.url + path)
  await page.locator('[data-phase=connected]').first().waitFor({ state: 'attached' })
  return page
}

function showsBoth(log) {
  const { top, bottom } = log.getBoundingClientRect()
  const seen = [...log.querySelectorAll('[data-n]:not([hidden])')].filter((row) => {
    const place = row.getBoundingClientRect()
    return place.top > top && place.bottom < bottom
  })
  return [/ W \w+ *: /, / E \w+ *: /].every((mark) => seen.some((r) => mark.test(r.textContent)))
}

// small lets the browser, which can, read the picture.
async function small(page, png) {
  const blank = await page.context().newPage()
  const rgba = await blank.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
    canvas.drawImage(image, 0, 0)
    const { data: pixels } = canvas.getImageData(0, 0, image.width, image.height)
    let text = ''
    for (let i = 0; i < pixels.length; i += 32768)
      text += String.fromCharCode(...pixels.subarray(i, i + 32768))
    return btoa(text)
  }, png.toString('base64'))
  await blank.close()
  return smallPNG(pixels.width, pixels.height, Buffer.from(rgba, 'base64'))
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const usual = fileURLToPath(new URL('../../.github', import.meta.url))
  const folder = resolve(process.argv[2] ?? usual)
  await take(folder)
  for (const scheme of schemes) {
    const path = pictureOf(folder, scheme)
    console.log(`${path} ${Math.round(statSync(path).size / 1000)} kB`)
  }
}
