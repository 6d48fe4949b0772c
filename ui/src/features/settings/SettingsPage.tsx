// A person's settings, and what is kept where.
import { Button, SegmentedControl, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { Hidden, PageHead, useTitle } from '@/shared/parts'
import { changeSettings, type Settings, useSettings } from '@/shared/settings'
import { KeptHere } from './KeptHere'
import { Notifications } from './Notifications'
import { PinOrder } from './PinOrder'
import css from './settings.module.css'

export function SettingsPage() {
  const settings = useSettings((s) => s)
  useTitle('Settings')
  return (
    <>
      <PageHead
        title="Settings"
        acts={
          <Link to="/lab" className={css.way}>
            Lab settings
          </Link>
        }
      >
        <span className={css.where}>Kept by the relay, for you, in every browser</span>
      </PageHead>
      <main className={css.page}>
        <Section title="Look">
          <Choice
            label="Theme"
            name="theme"
            words={{ auto: 'As the system', light: 'Light', dark: 'Dark' }}
          />
          <Choice
            label="Density"
            hint="Rows of logs and tables"
            name="density"
            words={{ comfortable: 'Comfortable', compact: 'Compact' }}
          />
          <Choice
            label="Benches as"
            name="benchesView"
            words={{ cards: 'Cards', table: 'Table' }}
          />
        </Section>
        <Section title="Log">
          <Choice
            label="Time of a line"
            hint="On the clock, since the run began, or since the line before"
            name="time"
            words={{ clock: 'Clock', relative: 'Relative', delta: 'Delta' }}
          />
          <Row label="Wrap long lines" hint="On a phone they always wrap">
            <Switch
              aria-label="Wrap long lines"
              checked={settings.wrap}
              onChange={(e) => changeSettings({ wrap: e.currentTarget.checked })}
            />
          </Row>
        </Section>
        <Section title="Notices">
          <Notifications />
        </Section>
        <Section title="Keys">
          <Row
            label="Single keys"
            hint="Letters and signs that act at once. Switched off, Enter, arrows and chords with Ctrl still work."
          >
            <Switch
              aria-label="Single keys"
              checked={settings.singleKeys}
              onChange={(e) => changeSettings({ singleKeys: e.currentTarget.checked })}
            />
          </Row>
        </Section>
        <Section title="Pinned benches">
          <PinOrder />
        </Section>
        <Section title="First visit">
          <Row label="The three things to know" hint="Shown over the lists until it is closed">
            <Button
              disabled={!settings.hintSeen}
              onClick={() => changeSettings({ hintSeen: false })}
            >
              Show it again
            </Button>
          </Row>
        </Section>
        <Section title="What is kept where">
          <KeptHere />
        </Section>
      </main>
    </>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={css.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div>{children}</div>
    </section>
  )
}

function Row({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className={css.row}>
      <p>
        {label}
        {hint ? <small>{hint}</small> : null}
      </p>
      {children}
    </div>
  )
}

type Worded = 'theme' | 'density' | 'time' | 'benchesView'
type ChoiceProps<K extends Worded> = {
  label: string
  hint?: string
  name: K
  words: Record<Settings[K], string>
}

function Choice<K extends Worded>({ label, hint, name, words }: ChoiceProps<K>) {
  const value = useSettings((s) => s[name])
  const data = Object.entries<string>(words).map(([value, label]) => ({ value, label }))
  return (
    <Row label={label} hint={hint}>
      <fieldset className={css.choice}>
        <legend>
          <Hidden>{label}</Hidden>
        </legend>
        <SegmentedControl
          data={data}
          value={value}
          onChange={(chosen) => changeSettings({ [name]: chosen })}
        />
      </fieldset>
    </Row>
  )
}
