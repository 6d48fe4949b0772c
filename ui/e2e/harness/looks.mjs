// What every screen must stand: three widths, both schemes, axe without a
// violation, nothing wider than the page. Each keeps a picture.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { artifacts } from './browser.mjs'
import { until } from './until.mjs'

export const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// A page's own code may still be on its way.
const stands = (page) =>
  page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })

// calm waits until the screen itself stands there and nothing of it loads.
export async function calm(page) {
  await stands(page)
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
}

const whole = sizes.flatMap(({ width }) => [`${width} light`, `${width} dark`])
const brief = ['1440 dark', '390 light']

// looks takes the page as it stands through widths and schemes, and puts it
// back. A state beside the main one of a screen may be looked at in brief, one
// that exists at some widths or in one scheme alone only there.
export async function looks(page, name, { isBrief = false, widths, schemes } = {}) {
  const before = page.viewportSize()
  const faults = []
  let looked = 0 // the width before
  await stands(page)
  for (const look of isBrief ? brief : whole) {
    const [wide, scheme] = look.split(' ')
    const width = Number(wide)
    if (widths?.includes(width) === false || schemes?.includes(scheme) === false) continue
    await page.setViewportSize(sizes.find((s) => s.width === width))
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await settled(page, scheme)
    const path = `${artifacts}${name}-${width}-${scheme}.png`
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) faults.push(`${name}, ${look}: the page is ${over} px too wide`)
    for (const button of await cut(page)) faults.push(`${name}, ${look}: ${button} is cut`)
    // Another scheme at the same width changes nothing but colours.
    const found = await violations(page, width === looked ? colours : all)
    looked = width
    for (const fault of found) faults.push(`${name}, ${look}: ${fault}`)
  }
  await page.setViewportSize(before)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  assert.equal(faults.length, 0, `\n${faults.join('\n')}`)
}

// settled waits for the scheme to have come and for transitions to end; a
// colour on its way would be neither.
async function settled(page, scheme) {
  await until(`the ${scheme} scheme`, () =>
    page.evaluate((wanted) => {
      const is = document.documentElement.dataset.mantineColorScheme ?? wanted
      const moving = document.getAnimations().some((a) => {
        const { iterations = 1 } = a.effect?.getTiming() ?? {}
        return a.playState === 'running' && iterations !== Number.POSITIVE_INFINITY
      })
      return is === wanted && !moving && document.fonts.status === 'loaded'
    }, scheme),
  )
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

// cut lists the buttons that reach beyond the right edge of what holds them,
// where nobody can scroll to them.
const cut = (page) =>
  page.evaluate(() => {
    const isCut = (button) => {
      const { right, width } = button.getBoundingClientRect()
      if (width < 2 || !button.checkVisibility()) return false
      for (let box = button.parentElement; box; box = box.parentElement) {
        const { overflowX } = getComputedStyle(box)
        if (/auto|scroll/.test(overflowX)) return false
        if (overflowX !== 'visible' && box.getBoundingClientRect().right < right - 1) return true
      }
      return right > innerWidth + 1
    }
    return [...document.querySelectorAll('button')]
      .filter(isCut)
      .map((b) => b.outerHTML.slice(0, 160))
  })

const all = { rules: { 'target-size': { enabled: true } } }
const colours = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }

// The page's policy allows no foreign script: axe comes in by evaluation. It
// takes most of the time of these tests.
async function violations(page, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const found = await page.evaluate(
    // Without a link to the relay its own fetching of style sheets would complain.
    (rules) => globalThis.axe.run(document, { preload: false, ...rules }),
    { resultTypes: ['violations'], ...rules },
  )
  return found.violations.map((v) => {
    const nodes = v.nodes.slice(0, 3).map((n) => {
      const why = [...n.any, ...n.all, ...n.none][0]?.message ?? ''
      return `${n.html.slice(0, 160)} ${why}`
    })
    return `${v.id}: ${nodes.join(' | ')}`
  })
}
