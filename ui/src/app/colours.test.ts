// Colours that people can read and tell apart: contrast by WCAG, and the distance
// between the levels of a log as people with normal, protan, deutan and tritan
// vision see them.
import { describe, expect, test } from 'vitest'
import { light, night } from './theme'

type RGB = [number, number, number] // linear, 0 to 1

function linear(hex: string): RGB {
  const n = Number.parseInt(hex.slice(1), 16)
  const one = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  return [one((n >> 16) / 255), one(((n >> 8) & 255) / 255), one((n & 255) / 255)]
}

const times = (m: number[], [r, g, b]: RGB): RGB =>
  [0, 3, 6].map((i) => m[i]! * r + m[i + 1]! * g + m[i + 2]! * b) as RGB

function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const [r, g, b] = linear(hex)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

// Machado, Oliveira and Fernandes 2009, full severity.
const visions: Record<string, number[]> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deutan: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritan: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
}

// Oklab, times 100: about 2 is the least that one sees. Every level has a sign
// besides, so colour alone never decides.
function oklab(rgb: RGB): RGB {
  const clamp = rgb.map((c) => Math.max(0, Math.min(1, c))) as RGB
  const lms = times(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566,
      0.0883024619, 0.2817188376, 0.6299787005,
    ],
    clamp,
  ).map(Math.cbrt) as RGB
  return times(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099,
      0.0259040371, 0.7827717662, -0.808675766,
    ],
    lms,
  )
}

function distance(a: string, b: string, vision: string): number {
  const [x, y] = [a, b].map((hex) => oklab(times(visions[vision]!, linear(hex)))) as [RGB, RGB]
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2])
}

const levels = ['plain', 'ok', 'info', 'debug', 'warn', 'error', 'system']

describe.each([
  ['light', light],
  ['dark', night],
])('colours of the log, %s', (_, roles) => {
  const of = (role: string) => roles[role]!

  test.each(levels)('%s is read on the ground, hovered and selected', (level) => {
    for (const ground of ['log', 'log-hover', 'log-selected']) {
      expect(contrast(of(`log-${level}`), of(ground))).toBeGreaterThanOrEqual(4.5)
    }
  })

  test('fatal is read on its own ground', () => {
    expect(contrast(of('log-fatal'), of('log-fatal-ground'))).toBeGreaterThanOrEqual(7)
  })

  test.each(Object.keys(visions))('levels are told apart, %s', (vision) => {
    const pairs = levels.flatMap((a, i) => levels.slice(i + 1).map((b) => [a, b] as const))
    for (const [a, b] of pairs) {
      const seen = distance(of(`log-${a}`), of(`log-${b}`), vision)
      expect(seen, `${a} and ${b}`).toBeGreaterThan(vision === 'normal' ? 10 : 4)
    }
  })
})

const surfaces = ['surface', 'bg', 'side', 'hover', 'press', 'sel']

describe.each([
  ['light', light],
  ['dark', night],
])('colours of the page, %s', (_, roles) => {
  const of = (role: string) => roles[role]!

  test.each(['text', 'text2', 'text3', 'accent'])('%s is read on every surface', (role) => {
    for (const surface of surfaces) {
      expect(contrast(of(role), of(surface)), surface).toBeGreaterThanOrEqual(4.5)
    }
  })

  test.each(['ok', 'warn', 'danger'])('%s is read on its tint and on cards', (role) => {
    expect(contrast(of(role), of(`${role}-tint`))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(of(role), of('surface'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(of(role), of('sel'))).toBeGreaterThanOrEqual(4.5)
  })

  test('what is filled is read, and fields are seen', () => {
    for (const fill of ['fill', 'fill-hover', 'danger-fill']) {
      expect(contrast(of('on-fill'), of(fill)), fill).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast(of('input'), of('surface'))).toBeGreaterThanOrEqual(3)
  })
})
