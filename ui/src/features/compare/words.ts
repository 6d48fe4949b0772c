// What page and worker say to each other.
import type { Fault } from '@/shared/wire'
import type { Aligned } from './align'
import type { Ignored } from './ignore'
import type { Side } from './read'

export type Order = { a: string; b: string; from: number; ignored: Ignored[] }

export type Word =
  | { kind: 'reading'; lines: number }
  | { kind: 'sides'; a: Side; b: Side }
  | { kind: 'aligning'; part: number }
  | { kind: 'rows'; rows: Aligned }
  | { kind: 'fault'; fault: Fault }
