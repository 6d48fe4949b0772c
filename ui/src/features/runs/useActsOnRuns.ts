// What one can do with runs in a list: run again, download, copy a link.
import { confirm } from '@/shared/confirm'
import { mayRunAgain, orderAgain, startRun } from '@/shared/lab'
import { copy } from '@/shared/parts'
import { ProblemError } from '@/shared/query'
import { RequestError, useSocket } from '@/shared/socket'
import { toast } from '@/shared/toast'
import type { Run } from '@/shared/wire'
import { plural, sentence } from '@/shared/words'

export function useActsOnRuns(open: (id: string) => void) {
  const socket = useSocket()

  const runAgain = async (runs: Run[]) => {
    if (runs.length > 1) {
      const yes = await confirm({
        title: `Run ${plural(runs.length, 'command')} again?`,
        text: `They start now, on ${plural(new Set(runs.map((r) => `${r.bench}/${r.device}`)).size, 'device')}.`,
        does: `Run ${runs.length} again`,
        safe: 'Keep as it is',
      })
      if (!yes) return
    } else if (runs[0] && !(await mayRunAgain(runs[0]))) return
    for (const run of runs) {
      try {
        const started = await startRun(socket, await orderAgain(run))
        toast({
          title: 'Started again',
          text: `on ${run.device}`,
          tone: 'ok',
          action: { label: 'Open run', run: () => open(started.id) },
        })
      } catch (e) {
        if (!(e instanceof RequestError || e instanceof ProblemError)) throw e
        toast({
          title: 'Not started',
          text: `${sentence(e.fault.message)} ${e.fault.hint ?? ''}`.trim(),
          tone: 'danger',
        })
      }
    }
  }
  const copyLink = async (run: Run) => {
    const isCopied = await copy(`${location.origin}/r/${run.id}`)
    toast(isCopied ? { title: 'Link copied', tone: 'ok' } : { title: 'Not copied', tone: 'warn' })
  }
  return { runAgain, copyLink, download: (runs: Run[]) => runs.forEach(download) }
}

export type Acts = ReturnType<typeof useActsOnRuns>

function download(run: Run): void {
  const link = document.createElement('a')
  link.href = `/api/v1/runs/${run.id}/log?format=text`
  link.download = `${run.id}.txt`
  link.click()
}
