// Ctrl+K: find a bench, a device, a run, or something to do.
import { Search } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import { palette } from '@/shared/palette'
import { Dialog, Hidden } from '@/shared/parts'
import { plural } from '@/shared/words'
import type { Item, Scope } from './items'
import css from './palette.module.css'
import { Row } from './Row'
import { rank, wordsOf } from './rank'
import { recent, remember } from './recent'
import { useItems } from './useItems'

type Props = { onGo: (to: string) => void; onHelp: () => void; onClose: () => void }

const scopes: (Scope | 'everything')[] = ['everything', 'benches', 'devices', 'runs', 'actions']
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const recentAtMost = 6

export function Palette({ onGo, onHelp, onClose }: Props) {
  const given = useStore(palette, (s) => s.text)
  const [text, setText] = useState(given)
  const [chosenScope, setScope] = useState<(typeof scopes)[number]>('everything')
  const [at, setAt] = useState(0)

  const isActionsOnly = text.startsWith('>')
  const scope = isActionsOnly ? 'actions' : chosenScope
  const words = wordsOf(isActionsOnly ? text.slice(1) : text)
  const items = useItems(words, { to: onGo, help: onHelp })
  const groups = groupsOf(items, words, scope)
  const rows = groups.flatMap((g) => g.items)
  const current = Math.min(at, rows.length - 1)

  const choose = (item: Item, inNewTab: boolean) => {
    remember(item.id)
    onClose()
    if (!item.to) item.run?.()
    else if (inNewTab) window.open(item.to, '_blank', 'noopener')
    else onGo(item.to)
  }
  const move = (to: number) => {
    const next = (to + rows.length) % rows.length || 0
    setAt(next)
    document.getElementById(`found-${next}`)?.scrollIntoView({ block: 'nearest' })
  }
  const turnScope = (by: number) => {
    const i = scopes.indexOf(scope)
    setScope(scopes[(i + by + scopes.length) % scopes.length]!)
    setAt(0)
  }
  const pressed = (e: KeyboardEvent) => {
    const item = rows[current]
    const isOwn = !e.nativeEvent.isComposing
    if (!isOwn) return
    if (e.key === 'ArrowDown') move(current + 1)
    else if (e.key === 'ArrowUp') move(current - 1)
    else if (e.key === 'PageDown') move(Math.min(rows.length - 1, current + 8))
    else if (e.key === 'PageUp') move(Math.max(0, current - 8))
    else if (e.key === 'Tab') turnScope(e.shiftKey ? -1 : 1)
    else if (e.key === 'Enter' && item) choose(item, e.ctrlKey || e.metaKey)
    else if (e.key.toLowerCase() === 'k' && (e.ctrlKey || e.metaKey)) onClose()
    else return
    e.preventDefault()
  }

  let n = 0
  return (
    <Dialog className={css.dialog} aria-label="Find or run" onClose={onClose}>
      <div className={css.head}>
        <Search size={18} strokeWidth={1.75} aria-hidden />
        <input
          autoFocus
          type="text"
          role="combobox"
          aria-label="Find or run"
          aria-expanded
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant={rows.length > 0 ? `found-${current}` : undefined}
          placeholder="Find a bench, device or run, or something to do"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(e) => {
            setText(e.target.value)
            setAt(0)
          }}
          onKeyDown={pressed}
        />
        <button type="button" tabIndex={-1} className={css.scope} onClick={() => turnScope(1)}>
          <Hidden>Look in: </Hidden>
          {capital(scope)}
        </button>
        <kbd>Tab</kbd>
        <button type="button" className={css.close} onClick={onClose}>
          Close
        </button>
      </div>
      <div className={css.list} id="found" role="listbox" aria-label="Found">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox has groups, no fieldsets
          <div key={group.title} role="group" aria-labelledby={`group-${group.title}`}>
            <h3 id={`group-${group.title}`} role="presentation">
              {group.title}
            </h3>
            {group.items.map((item) => {
              const i = n++
              return (
                <Row
                  key={item.id}
                  id={`found-${i}`}
                  item={item}
                  words={words}
                  isCurrent={i === current}
                  onPoint={() => setAt(i)}
                  onChoose={(inNewTab) => choose(item, inNewTab)}
                />
              )
            })}
          </div>
        ))}
      </div>
      {rows.length === 0 ? (
        <p className={css.none}>
          Nothing here is called “{text.trim()}”.{' '}
          {scope === 'everything' ? 'Fewer letters find more.' : 'Tab looks everywhere.'}
        </p>
      ) : null}
      <Hidden>
        <span role="status">
          {words.length > 0 ? `${plural(rows.length, 'match', 'matches')}` : ''}
        </span>
      </Hidden>
      <footer className={css.foot}>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>↵</kbd> open
        </span>
        <span>
          <kbd>Ctrl ↵</kbd> open in a new tab
        </span>
        <span>
          <kbd>&gt;</kbd> actions only
        </span>
      </footer>
    </Dialog>
  )
}

function groupsOf(items: Item[], words: string[], scope: Scope | 'everything') {
  const inScope = items.filter((item) => scope === 'everything' || item.scope === scope)
  if (words.length > 0) {
    return rank(inScope, words).map((g) => ({ title: capital(g.scope), items: g.items }))
  }
  // Nothing typed: what was chosen last, what the page offers, where to go.
  const last = recent()
    .flatMap((id) => inScope.find((item) => item.id === id) ?? [])
    .slice(0, recentAtMost)
  const isNew = (item: Item) => !last.includes(item)
  const rest: [string, Item[]][] = [
    ['On this page', inScope.filter((i) => i.sign.kind === 'page')],
    ['Benches', inScope.filter((i) => i.scope === 'benches' && (scope === 'benches' || i.boost))],
    ['Devices', scope === 'devices' ? inScope : []],
    [
      'Runs',
      inScope.filter((i) => i.scope === 'runs' && (scope === 'runs' || i.boost)).slice(0, 8),
    ],
    ['Actions', inScope.filter((i) => i.scope === 'actions' && i.sign.kind !== 'page')],
  ]
  return [
    ['Recent', last] as const,
    ...rest.map(([t, all]) => [t, all.filter(isNew).slice(0, 12)] as const),
  ]
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => ({ title, items: [...rows] }))
}
