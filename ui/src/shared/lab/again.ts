// The same once more: what is asked for, and what is asked before.
import { confirm } from '@/shared/confirm'
import { getJSON } from '@/shared/query'
import type { Run } from '@/shared/wire'
import type { Order } from './start'

// Lists cut commands at 200 characters: the whole one is asked for.
const cutAt = 200

export async function wholeCommand(run: Run): Promise<string> {
  if (run.command.length < cutAt) return run.command
  return (await getJSON<Run>(`/api/v1/runs/${run.id}`)).command
}

export async function orderAgain(run: Run): Promise<Order> {
  const on = { bench: run.bench, device: run.device, timeout_s: run.timeout_s || 600 }
  if (run.check) return { ...on, check: run.check.id }
  if (run.act) return { ...on, act: run.act }
  return { ...on, command: await wholeCommand(run) }
}

// mayRunAgain asks before a device reboots once more: what runs there is lost.
export async function mayRunAgain(run: Run): Promise<boolean> {
  if (run.act?.kind !== 'reboot') return true
  return confirm({
    title: `Reboot ${run.device} on ${run.bench} again?`,
    text: `\`${run.command}\`: what runs on the device ends as lost.`,
    does: 'Reboot device',
    safe: 'Keep running',
    isDanger: true,
  })
}
