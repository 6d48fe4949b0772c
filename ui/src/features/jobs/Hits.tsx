// The lines that a search found, by run; each leads to its place there.
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useLab } from '@/shared/lab'
import { Hidden } from '@/shared/parts'
import type { SearchHit } from '@/shared/wire'
import { count, legible } from '@/shared/words'
import { byRun, parts } from './jobs'
import css from './jobs.module.css'

export function Hits({ hits, text }: { hits: SearchHit[]; text: string }) {
  const runs = useLab((s) => s.runs)
  const all = useMemo(() => byRun(hits, runs), [hits, runs])
  return (
    <ol className={css.hits}>
      {all.map((found) => (
        <li key={found.run}>
          <h4>
            <Link to="/r/$id" params={{ id: found.run }}>
              <code>{legible(found.title)}</code>
            </Link>
            <small>
              {found.device} on {found.bench}
            </small>
          </h4>
          <ol>
            {found.hits.map((hit) => (
              <li key={hit.n}>
                <Link
                  to="/r/$id"
                  params={{ id: hit.run }}
                  search={{ L: hit.n, ...(text ? { q: text } : {}) }}
                >
                  <span>
                    <Hidden>Line </Hidden>
                    {count(hit.n)}
                  </span>
                  <code>
                    <Marked line={hit.text} text={text} />
                  </code>
                </Link>
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  )
}

function Marked({ line, text }: { line: string; text: string }) {
  return (
    <bdi>
      {parts(line, text).map((part, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no other name
        i % 2 === 1 ? <mark key={i}>{legible(part)}</mark> : legible(part),
      )}
    </bdi>
  )
}
