// Navigation: a sidebar on lists, a rail beside a log, a bar below on phones.
import { ActionIcon } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import {
  Activity,
  Keyboard,
  List,
  MessageSquare,
  PanelLeft,
  Search,
  Server,
  Settings,
} from 'lucide-react'
import { goesOn, useLab } from '@/shared/lab'
import { openPalette } from '@/shared/palette'
import { Hidden, Mark } from '@/shared/parts'
import { useMe } from '@/shared/people'
import { toggleTalk, unreadInAll, useTalkState } from '@/shared/talk'
import { ConnectionBadge } from './ConnectionBadge'
import css from './frame.module.css'
import { Here } from './Here'
import { openHelp } from './help'
import { Pinned } from './Pinned'
import { useIsTalking } from './Together'
import { UserMenu } from './UserMenu'
import { YourRuns } from './YourRuns'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

export function Sidebar({ isOpen, onToggle }: { isOpen: boolean; onToggle: () => void }) {
  const benches = useLab((s) => s.benches.length)
  const running = useLab((s) => s.runs.filter(goesOn).length + (s.more.runs ?? 0))
  // A bench stands under Benches, a run under Runs.
  const under = useLocation({ select: (l) => /^\/[br]\//.exec(l.pathname)?.[0] })
  return (
    <aside className={css.side}>
      <div className={css.brand}>
        <Link to="/" aria-label="Farbench, to the benches">
          <Mark size={22} />
        </Link>
        <b>Farbench</b>
        <ActionIcon
          className={css.toggle}
          aria-label={isOpen ? 'Fold the sidebar' : 'Open the sidebar'}
          aria-expanded={isOpen}
          title={isOpen ? 'Fold the sidebar [' : 'Open the sidebar ['}
          onClick={onToggle}
        >
          <PanelLeft {...icon} />
        </ActionIcon>
      </div>
      <button type="button" className={css.find} title="Find or run" onClick={() => openPalette()}>
        <Search {...icon} />
        <span>
          Find<span className={css.orRun}> or run</span>
        </span>
        <kbd>Ctrl K</kbd>
      </button>
      <nav className={css.main} aria-label="Main">
        <Link
          to="/"
          className={`${css.item} ${under === '/b/' ? css.here : ''}`}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ className: css.here }}
          title="Benches"
        >
          <Server {...icon} />
          <span>Benches</span>
          <small>{benches || ''}</small>
        </Link>
        <Link
          to="/runs"
          className={`${css.item} ${under === '/r/' ? css.here : ''}`}
          activeOptions={{ includeSearch: false }}
          activeProps={{ className: css.here }}
          title={running ? `Runs, ${running} running` : 'Runs'}
        >
          <List {...icon} />
          <span>Runs</span>
          <small>{running ? `${running} running` : ''}</small>
          {running ? (
            <i className={css.badge} aria-hidden>
              {running > 99 ? '99+' : running}
            </i>
          ) : null}
        </Link>
        <Messages />
        <Jobs />
      </nav>
      <div className={css.middle}>
        <Pinned />
        <Here />
        <YourRuns />
      </div>
      <div className={css.end}>
        <ConnectionBadge />
        <div className={css.person}>
          <UserMenu />
          <ActionIcon
            className={css.small}
            aria-label="Show the keys"
            title="Show the keys ?"
            onClick={openHelp}
          >
            <Keyboard {...icon} />
          </ActionIcon>
          <Link
            to="/settings"
            className={css.gear}
            activeProps={{ className: css.here }}
            aria-label="Settings"
            title="Settings"
          >
            <Settings {...icon} />
          </Link>
        </div>
      </div>
    </aside>
  )
}

function Jobs() {
  const running = useLab((s) => Object.values(s.jobs).filter((j) => j.state === 'running').length)
  return (
    <Link
      to="/jobs"
      className={`${css.item} ${css.jobs}`}
      activeOptions={{ includeSearch: false }}
      activeProps={{ className: css.here }}
      title={running ? `Jobs, ${running} running` : 'Jobs'}
    >
      <Activity {...icon} />
      <span>Jobs</span>
      <small>{running ? `${running} running` : ''}</small>
      {running ? (
        <i className={css.badge} aria-hidden>
          {running}
        </i>
      ) : null}
    </Link>
  )
}

function Messages() {
  const me = useMe()?.id
  const unread = useTalkState((s) => unreadInAll(s, me))
  const isOpen = useIsTalking()
  return (
    <button
      type="button"
      className={`${css.item} ${css.talk}`}
      aria-expanded={isOpen}
      title="Messages"
      onClick={toggleTalk}
    >
      <MessageSquare {...icon} />
      <span>Messages</span>
      {unread > 0 ? <Hidden>, {unread} unread</Hidden> : null}
      <small aria-hidden>{unread > 0 ? `${unread} unread` : ''}</small>
      {unread > 0 ? (
        <i className={css.badge} aria-hidden>
          {unread > 99 ? '99+' : unread}
        </i>
      ) : null}
    </button>
  )
}
