import { mayRunAgain, orderAgain, useCancel, useStart } from '@/shared/lab'
import type { Log } from '@/shared/log'
import { copy } from '@/shared/parts'
import { toast } from '@/shared/toast'
import type { Run } from '@/shared/wire'

export type Acts = ReturnType<typeof useActs>

export function useActs(id: string, run: Run | undefined, log: Log, onStarted: (r: Run) => void) {
  const again = useStart(onStarted)
  const cancel = useCancel(id)
  return {
    again: async () => {
      if (run && (await mayRunAgain(run))) await again.start(await orderAgain(run))
    },
    cancel: cancel.cancel,
    isBusy: again.busy,
    isCancelling: cancel.busy,
    fault: again.fault ?? cancel.fault,
    download: (kind: 'text' | 'ndjson' | 'html') => download(id, log, kind),
  }
}

async function download(id: string, log: Log, kind: 'text' | 'ndjson' | 'html'): Promise<void> {
  if (kind !== 'html') {
    const ending = kind === 'text' ? 'txt' : 'ndjson'
    return save(`/api/v1/runs/${id}/log?format=${kind}`, `${id}.${ending}`)
  }
  try {
    const url = URL.createObjectURL(await log.html())
    save(url, `${id}.html`)
    setTimeout(() => URL.revokeObjectURL(url), 60_000) // the browser has read it by then
  } catch (e) {
    toast({ title: 'Not downloaded', text: messageOf(e), tone: 'danger' })
  }
}

function save(href: string, name: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

// copyLines says what became of it: the button that asks may be far away.
export async function copyLines(
  log: Log,
  lines: { from: number; to: number },
  withTimes: boolean,
): Promise<void> {
  try {
    const isCopied = await copy(await log.text(lines, withTimes))
    const what = lines.from === lines.to ? 'Line' : `${lines.to - lines.from + 1} lines`
    toast(
      isCopied
        ? { title: `${what} copied${withTimes ? ' with times' : ''}`, tone: 'ok' }
        : { title: 'Not copied', text: 'The browser does not allow it here.', tone: 'warn' },
    )
  } catch (e) {
    toast({ title: 'Not copied', text: messageOf(e), tone: 'warn' })
  }
}

export async function copyLink(link: string, what: string): Promise<void> {
  const isCopied = await copy(link)
  toast(
    isCopied
      ? { title: `${what} copied`, tone: 'ok' }
      : { title: 'Not copied', text: 'The browser does not allow it here.', tone: 'warn' },
  )
}

const messageOf = (e: unknown) => (e instanceof Error ? e.message : String(e))
