// How many lines of each level there are; a level that is struck out is hidden.
import { glyphs, type Level, type Log, type LogState, levels, useSlowly } from '@/shared/log'
import { Hidden } from '@/shared/parts'
import { count, short } from '@/shared/words'
import css from './run.module.css'

type Props = { log: Log; hidden: Level[]; onHide: (hidden: Level[]) => void }

// As one reads a log: what went wrong first comes first on a phone by order.
const shown = levels.filter((l) => l !== 'plain')

const byLevelOf = (s: LogState) => s.byLevel

export function Levels({ log, hidden, onHide }: Props) {
  const byLevel = useSlowly(log, byLevelOf)
  const there = shown.filter((l) => byLevel[l] > 0 || hidden.includes(l))
  const isPlain = byLevel.plain > 0 && (there.length > 0 || hidden.includes('plain'))
  const all: Level[] = isPlain ? [...there, 'plain'] : there
  if (all.length === 0) return null
  const toggle = (level: Level, isAlone: boolean) => {
    if (isAlone) {
      const others = all.filter((l) => l !== level)
      return onHide(others.every((l) => hidden.includes(l)) ? [] : others)
    }
    onHide(hidden.includes(level) ? hidden.filter((l) => l !== level) : [...hidden, level])
  }
  return (
    <ul className={css.levels} aria-label="Levels shown">
      {all.map((level) => (
        <li key={level} className={css[`order-${level}`]}>
          <button
            type="button"
            aria-pressed={!hidden.includes(level)}
            title={`${level}: ${count(byLevel[level])}. Click to hide, Alt+click to show alone`}
            onClick={(e) => toggle(level, e.altKey)}
          >
            <b className={css[level]}>{glyphs[level] || '–'}</b>
            <span>{short(byLevel[level])}</span>
            <Hidden>{level} lines</Hidden>
          </button>
        </li>
      ))}
    </ul>
  )
}
