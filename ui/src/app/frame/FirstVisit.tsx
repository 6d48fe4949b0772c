import { ActionIcon, Button } from '@mantine/core'
import { X } from 'lucide-react'
import { Mark, useLate } from '@/shared/parts'
import { changeSettings, useSettings } from '@/shared/settings'
import { useConnection } from '@/shared/socket'
import { openHelp } from './help'
import css from './notes.module.css'

// Three sentences for who is here for the first time. Who closed them once sees
// them on no other browser either; the settings show them again.
export function FirstVisit() {
  const isSeen = useSettings((s) => s.hintSeen)
  const isIn = useConnection((c) => c.times > 0)
  const isLate = useLate(isIn, 800) // the relay may know better
  const close = () => changeSettings({ hintSeen: true })
  if (isSeen || !isLate) return null
  return (
    <section className={css.hint} aria-labelledby="first-visit">
      <h2 id="first-visit">
        <Mark size={20} /> Three things to know
      </h2>
      <p>
        Press <kbd>Ctrl K</kbd> to find a bench, device or run. Press <kbd>:</kbd> on a device to
        run a command. Every page’s address is a link you can send.
      </p>
      <div>
        <Button onClick={close}>Got it</Button>
        <Button variant="subtle" color="gray" onClick={openHelp} rightSection={<kbd>?</kbd>}>
          Show all keys
        </Button>
      </div>
      <ActionIcon aria-label="Close the hint" onClick={close}>
        <X size={14} strokeWidth={1.75} />
      </ActionIcon>
    </section>
  )
}
