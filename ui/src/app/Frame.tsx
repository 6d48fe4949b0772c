// What stands around every page: navigation, the connection, its bar.
import { ActionIcon } from '@mantine/core'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { PanelLeft, Server } from 'lucide-react'
import { useEffect, useState } from 'react'
import { goesOn, useLab } from '@/shared/lab'
import { Mark, RunIcon, useNow } from '@/shared/parts'
import { ago, elapsed } from '@/shared/words'
import { ConnectionBadge } from './ConnectionBadge'
import { ConnectionBar } from './ConnectionBar'
import css from './frame.module.css'
import { UserMenu } from './UserMenu'

export function Frame() {
  const { pathname } = useLocation()
  const kind = pathname.startsWith('/r/') ? 'run' : 'list'
  const [isOpen, toggle] = useSide(kind)
  const benches = useLab((s) => s.benches.length)
  return (
    <div className={`${css.frame} ${isOpen ? css.open : ''}`}>
      <aside className={css.side}>
        <div className={css.brand}>
          <Link to="/" aria-label="Farbench, to the benches">
            <Mark size={22} />
          </Link>
          <b>Farbench</b>
          <ActionIcon
            className={css.toggle}
            aria-label="Fold the sidebar"
            aria-expanded={isOpen}
            onClick={toggle}
          >
            <PanelLeft size={16} strokeWidth={1.75} />
          </ActionIcon>
        </div>
        <nav aria-label="Main">
          <Link
            to="/"
            className={css.item}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ className: css.here }}
            title="Benches"
          >
            <Server size={16} strokeWidth={1.75} aria-hidden />
            <span>Benches</span>
            <small>{benches || ''}</small>
          </Link>
        </nav>
        <RecentRuns />
        <div className={css.end}>
          <ConnectionBadge />
          <UserMenu />
        </div>
      </aside>
      <div className={css.content}>
        <ConnectionBar />
        <Outlet />
      </div>
    </div>
  )
}

function RecentRuns() {
  const runs = useLab((s) => s.runs)
  const now = useNow(runs.some(goesOn))
  if (runs.length === 0) return null
  return (
    <nav className={css.recent} aria-label="Recent runs">
      <h2>Recent runs</h2>
      {runs.slice(0, 12).map((run) => (
        <Link
          key={run.id}
          to="/r/$id"
          params={{ id: run.id }}
          className={css.runItem}
          activeProps={{ className: css.here }}
          title={run.command}
        >
          <RunIcon run={run} />
          <span>
            <code>{run.command.split('\n')[0]}</code>
            <small>
              {run.device} ·{' '}
              {goesOn(run)
                ? elapsed(now - Date.parse(run.started_at ?? run.created_at))
                : ago(Date.parse(run.ended_at ?? run.created_at))}
            </small>
          </span>
        </Link>
      ))}
    </nav>
  )
}

// The sidebar is open on lists and folded beside a log; `[` switches, and each
// kind of page remembers.
function useSide(kind: 'list' | 'run'): [boolean, () => void] {
  const key = `farbench-side-${kind}`
  const read = () => (localStorage.getItem(key) ?? (kind === 'list' ? 'open' : 'folded')) === 'open'
  const [open, setOpen] = useState<Record<string, boolean>>({})
  const isOpen = open[kind] ?? read()
  const toggle = () => {
    localStorage.setItem(key, isOpen ? 'folded' : 'open')
    setOpen({ ...open, [kind]: !isOpen })
  }
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const isTyping = (e.target as Element).closest?.('input, textarea, select, [contenteditable]')
      if (e.key === '[' && !isTyping && !e.ctrlKey && !e.metaKey && !e.altKey) toggle()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
  return [isOpen, toggle]
}
