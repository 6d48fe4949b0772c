// What one should know of a comparison before one believes it.
import { Button } from '@mantine/core'
import { Info, RotateCw, TriangleAlert } from 'lucide-react'
import { goesOn } from '@/shared/lab'
import { Bar } from '@/shared/parts'
import { count, plural } from '@/shared/words'
import { equal } from './align'
import { mostLines, type Side } from './read'
import type { Comparison } from './useCompare'
import type { RunDoc } from './useRunDoc'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

type Props = {
  found: Comparison
  docs: { a: RunDoc; b: RunDoc }
  from: number
  onFrom: (line: number) => void
  onAgain: () => void
}

export function Notices({ found, docs, from, onFrom, onAgain }: Props) {
  const { a, b, rows } = found
  if (!a || !b || !rows) return null
  const on = [docs.a, docs.b].map((d) => d.run !== undefined && goesOn(d.run))
  const isSame = rows.kind.every((k) => k === equal)
  const isCut = a.isCut || b.isCut
  return (
    <>
      {on[0] || on[1] ? (
        <Bar
          tone="accent"
          icon={<RotateCw {...icon} />}
          title={`${on[0] && on[1] ? 'Both runs go' : `Run ${on[0] ? 'A' : 'B'} goes`} on.`}
          action={<Button onClick={onAgain}>Compare again</Button>}
        >
          Compared so far: {plural(a.ends.length, 'line')} of A, {plural(b.ends.length, 'line')} of
          B.
        </Bar>
      ) : null}
      {from > 1 || isCut ? (
        <Bar
          tone="accent"
          icon={<Info {...icon} />}
          title={`Lines ${count(from)} to ${count(lastOf(a, b, from))} are compared.`}
          action={
            <>
              {from > 1 ? (
                <Button onClick={() => onFrom(Math.max(1, from - mostLines))}>
                  Previous {count(mostLines)}
                </Button>
              ) : null}
              {isCut ? (
                <Button onClick={() => onFrom(lastOf(a, b, from) + 1)}>
                  Next {count(mostLines)}
                </Button>
              ) : null}
            </>
          }
        >
          A comparison takes {count(mostLines)} lines of either run at a time.
        </Bar>
      ) : null}
      {[a, b].map((side, i) =>
        side.holes.length > 0 ? (
          <Bar
            key={i === 0 ? 'A' : 'B'}
            tone="warn"
            icon={<TriangleAlert {...icon} />}
            title={`Run ${i === 0 ? 'A' : 'B'} lacks ${lacking(side)}.`}
          >
            {side.holes[0]!.reason}
          </Bar>
        ) : null,
      )}
      {isSame ? (
        <Bar
          tone="ok"
          icon={<Info {...icon} />}
          title={a.ends.length === 0 ? 'Neither run printed a line.' : 'The runs are equal.'}
        >
          {a.ends.length > 0 ? `All ${count(a.ends.length)} lines, but for what is ignored.` : ''}
        </Bar>
      ) : null}
    </>
  )
}

const lastOf = (a: Side, b: Side, from: number) =>
  a.isCut && b.isCut
    ? Math.min(a.numbers.at(-1) ?? from, b.numbers.at(-1) ?? from)
    : Math.max(a.numbers.at(-1) ?? from, b.numbers.at(-1) ?? from)

function lacking({ holes }: Side): string {
  let lines = 0
  for (const { from, to } of holes) {
    if (to === undefined) return 'an unknown number of lines'
    lines += to - from + 1
  }
  return plural(lines, 'line')
}
