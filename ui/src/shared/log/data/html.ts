// A run's log as one HTML page that needs nothing else: colours on
// white (it is mailed and printed), numbers, times. Everything that a device said is escaped.
import { paint } from '../colours'
import { glyphs } from '../levels'
import type { Face, LineRow } from '../lines'
import { pieces } from '../pieces'
import { clock } from './clock'
import type { Feed } from './feed'
import { isGap } from './store'

const linesAtMost = 2_000_000
const charsOfLine = 100_000

// page builds a Blob a chunk at a time, so that the text leaves the heap.
export async function page(feed: Feed): Promise<Blob> {
  const { store, run } = feed
  const title = escaped(`${run?.command.trim().split('\n')[0] ?? ''} (${run?.id ?? ''})`)
  const parts: Blob[] = [new Blob([head(title)])]
  let lines = 0
  for (let at = 0; at < store.chunks.length; at++) {
    if (lines >= linesAtMost) {
      parts.push(new Blob([note(`Cut after ${lines} lines; the run has ${store.next - 1}.`)]))
      break
    }
    const before = store.chunks[at]!
    const out: string[] = []
    if (!isGap(before)) {
      const read = () => {
        for (let i = 0; i < before.count; i++) out.push(line(before.row(i)))
      }
      await store.need(before, read, true)
    }
    const chunk = store.chunks[at] // a gap, where the relay trimmed it meanwhile
    if (!chunk) break
    if (isGap(chunk)) {
      const { from, to, reason } = chunk.gap
      parts.push(new Blob([note(`Lines ${from} to ${to ?? 'nobody knows'} lost: ${reason}`)]))
      continue
    }
    lines += chunk.count
    parts.push(new Blob(out))
  }
  parts.push(new Blob(['</pre></body></html>\n']))
  return new Blob(parts, { type: 'text/html;charset=utf-8' })
}

export function line(row: LineRow): string {
  const text = pieces(row, charsOfLine)
    .map((p) => {
      const inner = p.isSign ? `<u>${escaped(p.text)}</u>` : escaped(p.text)
      if (!p.face) return inner
      const style = [
        ...coloured(p.face),
        p.face.bold ? 'font-weight:700' : '',
        p.face.italic ? 'font-style:italic' : '',
        p.face.underline ? 'text-decoration:underline' : '',
      ].filter(Boolean)
      return `<span style="${style.join(';')}">${inner}</span>`
    })
    .join('')
  const cut =
    row.text.length > charsOfLine ? `<i>… ${row.text.length - charsOfLine} more characters</i>` : ''
  const stream = row.stream === 'err' ? 'err' : '   '
  return `<span class="${row.level}" id="L${row.n}"><i>${String(row.n).padStart(8)} ${clock(row.at)} ${stream} ${glyphs[row.level] || ' '}</i> <bdi>${text}</bdi>${cut}</span>\n`
}

function coloured(face: Face): string[] {
  const { fg, bg } = paint(face, 'light')
  return [fg ? `color:${fg}` : '', bg ? `background:${bg}` : '']
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c]!)
const note = (text: string) => `<span class="system">     ⋯ ${escaped(text)}</span>\n`

const head = (title: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root{color-scheme:light}
body{background:#fff;color:#1b1b1f;margin:16px}
h1{font:600 16px/24px system-ui,sans-serif}
pre{font:12px/20px ui-monospace,monospace;font-variant-ligatures:none}
i{color:#5f6870;font-style:normal}u{color:#5f6870;text-decoration:none}
:target{background:#e3eff8}
.ok{color:#0b7865}.info{color:#072ab8}.debug{color:#5b5b66}.warn{color:#9a5900}.error{color:#7e001c}
.fatal,.fatal i{background:#a01616;color:#fff}.system{color:#44156e}
</style></head><body><h1>${title}</h1><pre>
`
