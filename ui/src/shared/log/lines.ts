// What a log viewer draws: rows, of which each is a line or a gap.
import type { Level, Stream } from './levels'

// Range is a place in a text, in UTF-16 units, the end not included.
export type Range = readonly [from: number, to: number]

export type LineRow = {
  kind: 'line'
  n: number
  at: number // unix ms
  stream: Stream
  level: Level
  // What one sees, searches and copies: no escapes, control characters as
  // their pictures. How it is drawn: `pieces`.
  text: string
  faces?: FaceRange[] // colours and faces within text
  hits?: Range[] // where the present search is found in text
  goesOn: boolean // without a line end
}

export type GapRow = {
  kind: 'gap'
  from: number
  to: number | undefined // undefined: nobody can know
  reason: string
  canLoad: boolean // the relay may still have these lines
}

export type Row = LineRow | GapRow

// A colour is an index 0 to 15 of the theme's palette, or rgb + 0x1000000.
export type Colour = number

export type Face = {
  fg?: Colour
  bg?: Colour
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
  inverse?: boolean
}

export type FaceRange = readonly [from: number, to: number, face: Face]

// Taken: `have` and `ahead` leave the store as it was.
export type Taken = 'taken' | 'have' | 'ahead'
