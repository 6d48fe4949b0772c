// Lines once more, by their numbers, from the relay's log route.
import type { LogLine } from '@/shared/wire'
import { addDocument, type Columns } from './columns'
import type { Fetched, Source } from './store'

const gone = 'the relay no longer keeps them'

export function sourceOf(run: string): Source {
  return async (from, to) => {
    const stop = new AbortController()
    const path = `/api/v1/runs/${encodeURIComponent(run)}/log?from=${from}&to=${to}`
    const response = await fetch(path, { signal: stop.signal })
    if (response.status === 404) return sorted([], from, to)
    if (!response.ok || !response.body) throw new Error(`the relay answered ${response.status}`)
    const documents: LogLine[] = []
    for await (const line of linesOf(response.body)) {
      const document = JSON.parse(line) as LogLine
      if ((document.n ?? document.gap?.from ?? 0) > to) break
      documents.push(document)
    }
    stop.abort()
    return sorted(documents, from, to)
  }
}

// sorted makes of the answer what covers from…to without a hole.
export function sorted(documents: LogLine[], from: number, to: number): Fetched[] {
  const out: Fetched[] = []
  let next = from
  let lines: Columns | undefined
  const gap = (until: number, reason: string) => {
    out.push({ gap: { kind: 'gap', from: next, to: until, reason, canLoad: false } })
    next = until + 1
    lines = undefined
  }
  for (const document of documents) {
    if (document.gap) {
      const { from: at, to: until, reason } = document.gap
      if ((until ?? to) < next || at > to) continue
      if (at > next) gap(at - 1, gone)
      gap(Math.min(until ?? to, to), reason)
    } else if (document.n !== undefined && document.n >= next && document.n <= to) {
      if (document.n > next) gap(document.n - 1, gone)
      if (!lines) {
        lines = { text: [], at: [], mark: [] }
        out.push({ lines, first: next })
      }
      addDocument(lines, document)
      next++
    }
  }
  if (next <= to) gap(to, gone)
  return out
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const utf8 = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    rest += done ? utf8.decode() : utf8.decode(value, { stream: true })
    const parts = rest.split('\n')
    rest = done ? '' : (parts.pop() ?? '')
    for (const part of parts) if (part.trim() !== '') yield part
    if (done) return
  }
}
