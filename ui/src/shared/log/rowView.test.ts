import { expect, it } from 'vitest'
import type { GapRow, LineRow, Row } from './lines'
import { type Looks, plainLooks, RowView } from './rowView'

const line = (n: number, more: Partial<LineRow> = {}): LineRow => ({
  kind: 'line',
  n,
  at: n,
  stream: 'out',
  level: 'plain',
  text: `line ${n}`,
  goesOn: false,
  ...more,
})
const gap: GapRow = { kind: 'gap', from: 4, to: 9, reason: 'full', canLoad: true }
const rows: (Row | undefined)[] = [
  line(1),
  line(2, { faces: [[0, 4, { fg: 1, bold: true }]], level: 'error' }),
  line(3, { stream: 'err', hits: [[2, 4]], text: 'a b c \u202e d' }),
  gap,
  undefined,
  line(10, { text: '11-21 10:13:58.123  1423  1611 W Zone: no display', level: 'warn' }),
  line(11, { text: '' }),
  line(12, { text: 'x'.repeat(5000), faces: [[0, 5000, { underline: true, dim: true }]] }),
]
const looks: Looks[] = [
  plainLooks,
  { ...plainLooks, scheme: 'dark', from: 2, to: 3, cursor: 3 },
  { ...plainLooks, time: 'clock', marks: new Set([1, 3]), whole: new Set([12]) },
]

it('draws a row over any other as over none', () => {
  const used = new RowView('log')
  for (const before of rows)
    for (const row of rows)
      for (const how of looks) {
        used.show(before, looks[1]!, undefined)
        used.show(row, how, rows[0])
        const fresh = new RowView('log')
        fresh.show(row, how, rows[0])
        expect(parsed(used)).toEqual(parsed(fresh))
      }
})

// The order of attributes is nobody's business.
const parsed = (view: RowView) =>
  view.element.outerHTML.replace(/<(\w+) ([^>]*)>/g, (_, name, attributes: string) => {
    return `<${name} ${(attributes.match(/[\w-]+="[^"]*"/g) ?? []).sort().join(' ')}>`
  })
