// The keys of a run's page; the palette offers the same by name.
import type { RefObject } from 'react'
import { useKeys } from '@/shared/keys'
import type { Chosen, Log, LogHandle } from '@/shared/log'
import { useActions } from '@/shared/palette'
import { changeSettings, settings } from '@/shared/settings'
import type { Bookmarks } from './bookmarks'
import { times } from './Menus'
import { type Acts, copyLines, copyLink } from './useActs'
import type { Steps } from './useSteps'

type Config = {
  log: Log
  handle: LogHandle | undefined
  chosen: Chosen | undefined
  link: string
  acts: Acts
  steps: Steps
  bookmarks: Bookmarks
  field: RefObject<HTMLInputElement | null>
  isOn: boolean
  onSearch: () => void
  onChoose: (line: number | undefined) => void
  onLine: (line: number) => void
}

export function useRunKeys(c: Config): void {
  const { log, handle, chosen, link, acts, steps, bookmarks, isOn, onChoose, onLine } = c
  const pane = handle?.pane
  const follow = () => (pane?.state.getState().following ? pane.pause() : pane?.follow())
  const wrap = () => changeSettings({ wrap: !settings.getState().wrap })
  const nextTime = () => {
    const at = times.findIndex((t) => t.value === settings.getState().time)
    changeSettings({ time: times[(at + 1) % times.length]!.value })
  }
  const mark = () => chosen && bookmarks.toggle(chosen.cursor)
  const toMark = (by: 1 | -1) => {
    const line = bookmarks.next(chosen?.cursor ?? 0, by)
    if (line !== undefined) onLine(line)
  }
  const linkLine = () => void copyLink(link, chosen ? 'Link to line' : 'Link')
  const copy = (withTimes: boolean) => chosen && void copyLines(log, chosen, withTimes)
  useKeys('Log', {
    '/': { does: 'Search', run: c.onSearch },
    n: { does: 'Next match', run: () => void steps.step('hit', 1) },
    N: { does: 'Previous match', run: () => void steps.step('hit', -1) },
    e: { does: 'Next error', run: () => void steps.step('error', 1) },
    E: { does: 'Previous error', run: () => void steps.step('error', -1) },
    a: { does: 'Next warning', run: () => void steps.step('warn', 1) },
    A: { does: 'Previous warning', run: () => void steps.step('warn', -1) },
    j: { does: 'Next line', run: () => handle?.move(1) },
    k: { does: 'Previous line', run: () => handle?.move(-1) },
    J: { does: 'Choose down to the next line', run: () => handle?.move(1, true) },
    K: { does: 'Choose up to the previous line', run: () => handle?.move(-1, true) },
    f: { does: 'Follow, or pause', run: follow },
    End: { does: 'Newest line', run: () => pane?.follow() },
    Home: { does: 'First line', run: () => pane?.goTo(0, 'top') },
    PageDown: { does: 'A page down', run: () => handle?.move(pane?.page(1) ?? 0) },
    PageUp: { does: 'A page up', run: () => handle?.move(pane?.page(-1) ?? 0) },
    w: { does: 'Wrap long lines', run: wrap },
    t: { does: 'Times: clock, relative, delta', run: nextTime },
    m: { does: 'Bookmark the line', run: mark },
    b: { does: 'Next bookmark', run: () => toMark(1) },
    B: { does: 'Previous bookmark', run: () => toMark(-1) },
    y: { does: 'Copy the link, to the line', run: linkLine },
    c: { does: 'Copy the line', run: () => copy(false) },
    C: { does: 'Copy the line with its time', run: () => copy(true) },
    Escape: { does: 'Choose no line', run: () => onChoose(undefined) },
  })
  useActions('This run', [
    { id: 'run-again', label: 'Run again', run: acts.again },
    ...(isOn ? [{ id: 'run-cancel', label: 'Cancel run', words: 'stop', run: acts.cancel }] : []),
    { id: 'run-link', label: 'Copy link', keys: 'y', run: linkLine },
    { id: 'run-error', label: 'Next error', keys: 'e', run: () => void steps.step('error', 1) },
    { id: 'run-warn', label: 'Next warning', keys: 'a', run: () => void steps.step('warn', 1) },
    { id: 'run-wrap', label: 'Wrap long lines', keys: 'w', run: wrap },
    { id: 'run-text', label: 'Download as text', run: () => acts.download('text') },
    { id: 'run-ndjson', label: 'Download as NDJSON', run: () => acts.download('ndjson') },
    { id: 'run-html', label: 'Download as coloured HTML', run: () => acts.download('html') },
  ])
}
