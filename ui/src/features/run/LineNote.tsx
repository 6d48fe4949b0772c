// What became of a line that is not to be seen, and what one can do.
import { Button } from '@mantine/core'
import { type Chosen, type Log, load } from '@/shared/log'
import { count, plural, sentence } from '@/shared/words'
import css from './run.module.css'
import type { Line } from './useLine'

type Props = {
  log: Log
  line: Line
  chosen: Chosen
  onChoose: (line: number | undefined) => void
  onShowAll: () => void
}

export function LineNote({ log, line, chosen, onChoose, onShowAll }: Props) {
  if (!line || line.is === 'here') return null
  if (line.is === 'hidden') {
    return (
      <span className={css.note} role="status">
        <span>The filter hides it.</span>
        <Button onClick={onShowAll}>Show all lines</Button>
      </span>
    )
  }
  if (line.is === 'beyond') {
    const last = log.state.getState().next - 1
    return (
      <span className={css.note} role="status">
        <span>The run has {plural(last, 'line')}.</span>
        {last > 0 ? <Button onClick={() => onChoose(last)}>Go to the last</Button> : null}
      </span>
    )
  }
  const { from, to, reason, canLoad } = line.row
  return (
    <span className={css.note} role="status">
      <span title={sentence(reason)}>
        Line {count(chosen.cursor)} is {canLoad ? 'not received' : 'not kept'}. {sentence(reason)}
      </span>
      {canLoad ? <Button onClick={() => void load(log, from)}>Load</Button> : null}
      {!canLoad && to !== undefined && to + 1 < log.state.getState().next ? (
        <Button onClick={() => onChoose(to + 1)}>Go to the nearest, {count(to + 1)}</Button>
      ) : null}
    </span>
  )
}
