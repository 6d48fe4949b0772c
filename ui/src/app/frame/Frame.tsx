// What stands around every page: navigation, the connection and its bars, keys,
// the palette.
import { Outlet, useLocation } from '@tanstack/react-router'
import { useKeyboard } from '@/shared/keys'
import { useSettings } from '@/shared/settings'
import { ConnectionBar } from './ConnectionBar'
import { FirstVisit } from './FirstVisit'
import css from './frame.module.css'
import { Notes } from './Notes'
import { Overlays } from './Overlays'
import { Sidebar } from './Sidebar'
import { useEverywhere } from './useEverywhere'
import { kindOf, useSide } from './useSide'

export function Frame() {
  const { pathname } = useLocation()
  const kind = kindOf(pathname)
  const side = useSide(kind)
  useKeyboard(useSettings((s) => s.singleKeys))
  useEverywhere(side.toggle)
  return (
    <div className={`${css.frame} ${side.isOpen ? css.open : ''}`}>
      <a href="#content" className={css.skip}>
        Skip to the page
      </a>
      <Sidebar isOpen={side.isOpen} onToggle={side.toggle} />
      <div className={css.content} id="content" tabIndex={-1}>
        <ConnectionBar />
        <Notes />
        <Outlet />
        {kind === 'list' ? <FirstVisit /> : null}
      </div>
      <Overlays />
    </div>
  )
}
