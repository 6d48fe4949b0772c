// A line cut into what is drawn in one go: by face, by hit, and at characters
// that nobody would see or that would reorder their neighbours: those show as
// signs, ‹U+202E›, while the text that is searched and copied keeps them.
import { sign, unseen } from '@/shared/words'
import type { Face, LineRow } from './lines'

export type Piece = { text: string; face?: Face; isHit?: true; isSign?: true }

// pieces cuts the first `limit` characters of a line.
export function pieces(row: LineRow, limit: number): Piece[] {
  const text = row.text.length > limit ? row.text.slice(0, limit) : row.text
  const out: Piece[] = []
  const cuts = boundaries(row, text)
  let face = 0
  let hit = 0
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i]!
    const to = cuts[i + 1]!
    while (row.faces && face < row.faces.length && row.faces[face]![1] <= from) face++
    while (row.hits && hit < row.hits.length && row.hits[hit]![1] <= from) hit++
    const piece: Piece = { text: text.slice(from, to) }
    const f = row.faces?.[face]
    if (f && f[0] <= from) piece.face = f[2]
    const h = row.hits?.[hit]
    if (h && h[0] <= from) piece.isHit = true
    signed(piece, out)
  }
  return out
}

function boundaries(row: LineRow, text: string): number[] {
  if (text === '') return []
  if (!row.faces?.length && !row.hits?.length) return [0, text.length]
  const cuts = new Set([0, text.length])
  for (const [from, to] of [...(row.faces ?? []), ...(row.hits ?? [])]) {
    if (from < text.length) cuts.add(from)
    if (to < text.length) cuts.add(to)
  }
  return [...cuts].sort((a, b) => a - b)
}

function signed(piece: Piece, out: Piece[]): void {
  unseen.lastIndex = 0
  let from = 0
  for (let m = unseen.exec(piece.text); m; m = unseen.exec(piece.text)) {
    if (m.index > from) out.push({ ...piece, text: piece.text.slice(from, m.index) })
    out.push({ ...piece, text: sign(m[0]), isSign: true })
    from = m.index + m[0].length
  }
  if (from === 0) out.push(piece)
  else if (from < piece.text.length) out.push({ ...piece, text: piece.text.slice(from) })
}
