// The keys that work now, by group. Pages list their own while they are there.
import { ActionIcon, Switch } from '@mantine/core'
import { X } from 'lucide-react'
import { useState } from 'react'
import { isSingle, KeyCaps, registry } from '@/shared/keys'
import { Dialog } from '@/shared/parts'
import { changeSettings, useSettings } from '@/shared/settings'
import css from './help.module.css'

export function Help({ onClose }: { onClose: () => void }) {
  const singleKeys = useSettings((s) => s.singleKeys)
  const [groups] = useState(() => registry.all())
  return (
    <Dialog
      className={css.dialog}
      aria-labelledby="keys-title"
      onClose={onClose}
      onKeyDown={(e) => {
        if (e.key !== '?') return
        e.preventDefault()
        onClose()
      }}
    >
      <header>
        <h2 id="keys-title">Keys</h2>
        <ActionIcon aria-label="Close" onClick={onClose}>
          <X size={16} strokeWidth={1.75} />
        </ActionIcon>
      </header>
      <div className={css.groups}>
        {groups.map(({ group, keys }) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keys.map(([name, key]) => (
                <div
                  key={name}
                  data-off={(!singleKeys && !key.always && isSingle(name)) || undefined}
                >
                  <dt>{key.does}</dt>
                  <dd>
                    <KeyCaps name={name} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <footer>
        <Switch
          label="Single keys"
          description="Switched off, only Enter, arrows and chords with Ctrl work."
          checked={singleKeys}
          onChange={(e) => changeSettings({ singleKeys: e.currentTarget.checked })}
        />
      </footer>
    </Dialog>
  )
}
