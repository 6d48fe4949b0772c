// The keys that work on every page.
import { useRouter } from '@tanstack/react-router'
import { useKeys } from '@/shared/keys'
import { openPalette } from '@/shared/palette'
import { toggleTalk } from '@/shared/talk'
import { openHelp } from './help'

export function useEverywhere(toggleSide: () => void): void {
  const { history } = useRouter()
  const go = (does: string, to: string) => ({ does, run: () => history.push(to) })
  useKeys('Everywhere', {
    'ctrl+k': { does: 'Find or run', run: () => openPalette(), always: true },
    '?': { does: 'Show the keys', run: openHelp },
    'g b': go('Go to the benches', '/'),
    'g r': go('Go to the runs', '/runs'),
    'g c': go('Go to checks and commands', '/checks'),
    'g j': go('Go to the jobs', '/jobs'),
    'g l': go('Go to the lab’s settings', '/lab'),
    'g s': go('Go to the settings', '/settings'),
    'g m': { does: 'Open or close the messages', run: toggleTalk },
    '[': { does: 'Fold or open the sidebar', run: toggleSide },
  })
}
