// What stands around every page: navigation, the connection and its bars, keys,
// the palette.
import { Outlet, useLocation } from '@tanstack/react-router'
import { useKeyboard } from '@/shared/keys'
import { useSettings } from '@/shared/settings'
import { useLook } from '../useLook'
import { useTold } from '../useTold'
import { ConnectionBar } from './ConnectionBar'
import { FirstVisit } from './FirstVisit'
import css from './frame.module.css'
import { Notes } from './Notes'
import { Overlays } from './Overlays'
import { Sidebar } from './Sidebar'
import { AskedOfYou, TalkSide, useIsTalking } from './Together'
import { useEverywhere } from './useEverywhere'
import { kindOf, useSide } from './useSide'

export function Frame() {
  const { pathname } = useLocation()
  const kind = kindOf(pathname)
  const side = useSide(kind)
  useKeyboard(useSettings((s) => s.singleKeys))
  useEverywhere(side.toggle)
  useLook()
  useTold()
  const isTalking = useIsTalking()
  return (
    <div className={`${css.frame} ${side.isOpen ? css.open : ''} ${isTalking ? css.talking : ''}`}>
      <a href="#content" className={css.skip}>
        Skip to the page
      </a>
      <Sidebar isOpen={side.isOpen} onToggle={side.toggle} />
      <div className={css.content} id="content" tabIndex={-1}>
        <ConnectionBar />
        <AskedOfYou />
        <Notes />
        <Outlet />
        {kind === 'list' ? <FirstVisit /> : null}
      </div>
      <TalkSide />
      <Overlays />
    </div>
  )
}
