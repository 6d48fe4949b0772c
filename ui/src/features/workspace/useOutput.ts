// The lines of a run that has ended, as far as a block shows them: they do not
// change any more, so they are asked for once.
import { useQuery } from '@tanstack/react-query'
import { levels, type Row } from '@/shared/log'
import { dress } from '@/shared/log/ansi'
import { streams } from '@/shared/log/levels'
import { getText } from '@/shared/query'
import type { LogLine, Run } from '@/shared/wire'

const shownLines = 200
const peeked = 3 // lines for the head of a fold

export type Output = { rows: Row[]; before: number } // lines before the first one shown

export function useOutput(run: Run, isOpen: boolean) {
  const first = run.kept_from ?? 1
  const from = isOpen ? Math.max(first, run.lines - shownLines + 1) : first
  const to = isOpen ? run.lines : Math.min(run.lines, first + peeked - 1)
  return useQuery({
    queryKey: ['log', run.id, from, to],
    queryFn: async ({ signal }): Promise<Output> => ({
      rows: rowsOf(await getText(`/api/v1/runs/${run.id}/log?from=${from}&to=${to}`, signal)),
      before: from - 1,
    }),
    enabled: run.state === 'ended' && run.lines > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
}

// rowsOf reads NDJSON; what is no line of ours is passed over.
export function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return []
    try {
      return row(JSON.parse(line) as LogLine) ?? []
    } catch {
      return []
    }
  })
}

function row(l: LogLine): Row | undefined {
  if (l.gap) {
    const { from, to, reason } = l.gap
    return { kind: 'gap', from, to: to ?? undefined, reason, canLoad: false }
  }
  if (l.n === undefined) return undefined
  return {
    kind: 'line',
    n: l.n,
    at: Date.parse(l.t ?? '') || 0,
    stream: streams.find((s) => s === l.stream) ?? 'out',
    level: levels.find((level) => level === l.level) ?? 'plain',
    ...dress(l.text ?? decoded(l.b64 ?? '')),
    goesOn: l.cont ?? false,
  }
}

// Bytes that are no text are shown as far as they are, as the relay would.
function decoded(b64: string): string {
  const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

export const outputText = (id: string) => getText(`/api/v1/runs/${id}/log?format=text`)
