// ANSI colours that can be read on the log's ground, in both schemes: what a
// program chose is kept in hue and moved towards black or white until its
// contrast is enough.
import type { Colour, Face } from './lines'

export type Scheme = 'light' | 'dark'

const grounds: Record<Scheme, number> = { light: 0xffffff, dark: 0x0c0f10 }
const texts: Record<Scheme, number> = { light: 0x1b1b1f, dark: 0xf2f2f5 }

// black red green yellow blue magenta cyan white, then the bright ones.
const palette: Record<Scheme, number[]> = {
  light: [
    0x1b1b1f, 0xa01616, 0x0b6b3a, 0x855000, 0x0a4fb0, 0x7a2080, 0x0a6374, 0x5f6870, 0x49525a,
    0xc02020, 0x0b7865, 0x8a4f00, 0x0a609c, 0x9b2fa0, 0x0b6f80, 0x1b1b1f,
  ],
  dark: [
    0x8e989f, 0xff7b6e, 0x5ed3a0, 0xe8b94a, 0x7aa2f7, 0xd58bd8, 0x56c5d0, 0xd5dadd, 0xa9b2b8,
    0xff9d92, 0x88f6b4, 0xfbd729, 0x9dbcff, 0xecaaee, 0x86e1ea, 0xf2f2f5,
  ],
}

const enough = 5.3 // 4.5 on a selected row too

// paint gives the CSS colours of a face; undefined leaves what is there.
export function paint(face: Face, scheme: Scheme): { fg?: string; bg?: string } {
  let { fg, bg } = face
  if (face.inverse) {
    const text = 0x1000000 + texts[scheme]
    const ground = 0x1000000 + grounds[scheme]
    ;[fg, bg] = [bg ?? ground, fg ?? text]
  }
  if (bg === undefined) {
    return fg === undefined ? {} : { fg: css(readable(rgb(fg, scheme), grounds[scheme])) }
  }
  const under = rgb(bg, scheme)
  return { bg: css(under), fg: css(readable(rgb(fg ?? 0x1000000 + texts[scheme], scheme), under)) }
}

const rgb = (c: Colour, scheme: Scheme) => (c >= 0x1000000 ? c - 0x1000000 : palette[scheme][c]!)
const css = (c: number) => `#${c.toString(16).padStart(6, '0')}`

const known = new Map<number, number>()

function readable(colour: number, ground: number): number {
  const key = colour * 0x1000000 + ground
  let found = known.get(key)
  if (found === undefined) {
    if (known.size > 4096) known.clear()
    found = moved(colour, ground)
    known.set(key, found)
  }
  return found
}

function moved(colour: number, ground: number): number {
  const towards = contrast(0xffffff, ground) > contrast(0, ground) ? 0xffffff : 0
  const best = Math.min(enough, contrast(towards, ground))
  for (let part = 0; part < 1; part += 0.05) {
    const c = mix(colour, towards, part)
    if (contrast(c, ground) >= best) return c
  }
  return towards
}

function mix(a: number, b: number, part: number): number {
  const of = (shift: number) =>
    Math.round(((a >> shift) & 255) * (1 - part) + ((b >> shift) & 255) * part) << shift
  return of(16) + of(8) + of(0)
}

export function contrast(a: number, b: number): number {
  const [la, lb] = [luminance(a), luminance(b)]
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05)
}

function luminance(c: number): number {
  const of = (shift: number) => {
    const v = ((c >> shift) & 255) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * of(16) + 0.7152 * of(8) + 0.0722 * of(0)
}
