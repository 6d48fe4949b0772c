// ANSI escapes of a line, read into spans. Only colours and faces count; what
// else a terminal would obey is left out, and control characters show as their
// pictures. Nothing here makes HTML.

import type { Colour, Face, FaceRange } from './lines'

// Span is text of one face.
export type Span = { text: string; face: Face | undefined }

const special = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

// next is where the first character from i on stands that is not shown as it is.
function next(text: string, i: number): number {
  special.lastIndex = i
  return special.test(text) ? special.lastIndex - 1 : text.length
}

// spans reads a line; without escapes it is one span.
export function spans(line: string): Span[] {
  const end = line.endsWith('\r') ? line.length - 1 : line.length
  const text = end === line.length ? line : line.slice(0, end)
  let i = next(text, 0)
  if (i === text.length) return text === '' ? [] : [{ text, face: undefined }]
  const out: Span[] = []
  let face: Face | undefined
  let piece = text.slice(0, i)
  while (i < text.length) {
    const to = text.charCodeAt(i) === 0x1b ? escapeEnd(text, i) : 0
    if (to === 0) {
      piece += picture(text.charCodeAt(i), text[i]!)
      i++
    } else {
      if (text[i + 1] === '[' && text[to - 1] === 'm') {
        if (piece) out.push({ text: piece, face })
        piece = ''
        face = known(face, text.slice(i + 2, to - 1))
      }
      i = to
    }
    const until = next(text, i)
    if (until > i) piece += text.slice(i, until)
    i = until
  }
  if (piece) out.push({ text: piece, face })
  return out
}

// dress parts a line into what one reads and how it looks.
export function dress(line: string): { text: string; faces?: FaceRange[] } {
  const all = spans(line)
  if (all.length === 0) return { text: '' }
  if (all.length === 1 && !all[0]!.face) return { text: all[0]!.text }
  let text = ''
  const faces: FaceRange[] = []
  for (const span of all) {
    if (span.face) faces.push([text.length, text.length + span.text.length, span.face])
    text += span.text
  }
  return faces.length > 0 ? { text, faces } : { text }
}

// escapeEnd is where the escape that begins at i is over; 0 where it is none
// or never ends, so that it hides nothing.
function escapeEnd(text: string, i: number): number {
  const kind = text[i + 1]
  let k = i + 2
  if (kind === '[') {
    while (k < text.length && inRange(text.charCodeAt(k), 0x20, 0x3f)) k++
    return inRange(text.charCodeAt(k), 0x40, 0x7e) ? k + 1 : 0
  }
  if (kind === ']' || kind === 'P' || kind === '_' || kind === '^') {
    for (; k < text.length; k++) {
      if (text[k] === '\x07') return k + 1
      if (text[k] === '\x1b' && text[k + 1] === '\\') return k + 2
    }
    return 0
  }
  while (inRange(text.charCodeAt(k - 1), 0x20, 0x2f)) k++
  return inRange(text.charCodeAt(k - 1), 0x30, 0x7e) ? k : 0
}

const inRange = (c: number, low: number, high: number) => c >= low && c <= high

function picture(code: number, char: string): string {
  if (code === 0x09 || (code >= 0x20 && code < 0x7f)) return char
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return code < 0xa0 ? '�' : char
}

// Programs choose a few faces again and again, mostly from plain: those are made
// once.
const made = new Map<string, Face | undefined>()
const facesAtMost = 1000

function known(before: Face | undefined, numbers: string): Face | undefined {
  if (numbers === '' || numbers === '0') return undefined
  if (before) return select(before, numbers)
  let face = made.get(numbers)
  if (!face && !made.has(numbers)) {
    face = select(undefined, numbers)
    if (made.size >= facesAtMost) made.clear()
    made.set(numbers, face)
  }
  return face
}

// select applies the numbers of one "ESC [ … m".
function select(before: Face | undefined, numbers: string): Face | undefined {
  const codes = numbers.split(/[;:]/).map((s) => (s === '' ? 0 : Number(s)))
  let face: Face = { ...before }
  for (let i = 0; i < codes.length; i++) {
    const c = codes[i]!
    if (c === 0) face = {}
    else if (c === 1) face.bold = true
    else if (c === 2) face.dim = true
    else if (c === 3) face.italic = true
    else if (c === 4) face.underline = true
    else if (c === 7) face.inverse = true
    else if (c === 9) face.strike = true
    else if (c === 22) face = { ...face, bold: undefined, dim: undefined }
    else if (c === 23) face.italic = undefined
    else if (c === 24) face.underline = undefined
    else if (c === 27) face.inverse = undefined
    else if (c === 29) face.strike = undefined
    else if (inRange(c, 30, 37)) face.fg = c - 30
    else if (inRange(c, 90, 97)) face.fg = c - 82
    else if (c === 39) face.fg = undefined
    else if (inRange(c, 40, 47)) face.bg = c - 40
    else if (inRange(c, 100, 107)) face.bg = c - 92
    else if (c === 49) face.bg = undefined
    else if (c === 38 || c === 48) {
      const [colour, used] = extended(codes, i + 1)
      if (colour !== undefined) face[c === 38 ? 'fg' : 'bg'] = colour
      i += used
    }
  }
  return Object.values(face).some((v) => v !== undefined) ? face : undefined
}

// extended reads 5;n and 2;r;g;b.
function extended(codes: number[], i: number): [Colour | undefined, number] {
  if (codes[i] === 5) {
    const n = codes[i + 1]
    return [n === undefined || !inRange(n, 0, 255) ? undefined : of256(n), 2]
  }
  if (codes[i] === 2) {
    const rgb = codes.slice(i + 1, i + 4)
    const valid = rgb.length === 3 && rgb.every((v) => inRange(v, 0, 255))
    return [valid ? 0x1000000 + (rgb[0]! << 16) + (rgb[1]! << 8) + rgb[2]! : undefined, 4]
  }
  return [undefined, 0]
}

function of256(n: number): Colour {
  if (n < 16) return n
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10
    return 0x1000000 + grey * 0x10101
  }
  const step = (v: number) => (v === 0 ? 0 : 55 + v * 40)
  const [r, g, b] = [
    step(Math.floor((n - 16) / 36)),
    step(Math.floor((n - 16) / 6) % 6),
    step((n - 16) % 6),
  ]
  return 0x1000000 + (r << 16) + (g << 8) + b
}
