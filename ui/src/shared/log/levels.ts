// A line's level: its letter on the wire, its word, its glyph in the gutter.
// Colours belong to the theme, `--fb-log-…`.
export const levels = ['plain', 'ok', 'debug', 'info', 'warn', 'error', 'fatal', 'system'] as const
export type Level = (typeof levels)[number]

const letters = 'pkdiwefs' // the wire's, in the order of `levels`

export const glyphs: Record<Level, string> = {
  plain: '',
  ok: '✓',
  debug: 'D',
  info: 'I',
  warn: 'W',
  error: 'E',
  fatal: 'F',
  system: '•',
}

// levelOf gives the index into `levels`; a letter of a newer agent is plain.
export function levelOf(letter: number): number {
  return Math.max(0, letters.indexOf(String.fromCharCode(letter)))
}

export const streams = ['out', 'err', 'sys'] as const
export type Stream = (typeof streams)[number]

export function streamOf(letter: number): number {
  return letter === 0x65 ? 1 : letter === 0x73 ? 2 : 0
}
