import { Button } from '@mantine/core'
import { Download, GitCompareArrows, RotateCw } from 'lucide-react'
import type { Run } from '@/shared/wire'
import { plural } from '@/shared/words'
import css from './selection.module.css'
import type { Acts } from './useActsOnRuns'

type Props = { runs: Run[]; acts: Acts; onCompare: () => void; onClear: () => void }

// One bar over the list's foot, while something is selected.
export function SelectionBar({ runs, acts, onCompare, onClear }: Props) {
  if (runs.length === 0) return null
  const again = runs.length === 1 ? 'Run again' : `Run ${runs.length === 2 ? 'both' : 'all'} again`
  return (
    <div className={css.selection} role="toolbar" aria-label="Selected runs">
      <span role="status">{plural(runs.length, 'run')} selected</span>
      {runs.length === 2 ? (
        <Button
          variant="filled"
          className={css.compare}
          leftSection={<GitCompareArrows size={14} aria-hidden />}
          rightSection={<kbd>c</kbd>}
          onClick={onCompare}
        >
          Compare
        </Button>
      ) : null}
      <Button leftSection={<RotateCw size={14} aria-hidden />} onClick={() => acts.runAgain(runs)}>
        {again}
      </Button>
      <Button leftSection={<Download size={14} aria-hidden />} onClick={() => acts.download(runs)}>
        Download
      </Button>
      <Button
        variant="subtle"
        color="gray"
        className={css.clear}
        rightSection={<kbd>Esc</kbd>}
        onClick={onClear}
      >
        Clear
      </Button>
    </div>
  )
}
