// Every start of this page goes through here: what looks destructive is asked
// about first, what is refused says so, and nothing is sent twice.

import { confirm } from '@/shared/confirm'
import { goesOn, type Order, useLab, useStart } from '@/shared/lab'
import { queryClient } from '@/shared/query'
import type { Act, Bench, Device, Run } from '@/shared/wire'
import { sentence } from '@/shared/words'
import { firstLine } from './blocks'
import { type Danger, dangerOf } from './danger/danger'

export function useLaunch(bench: Bench, device: Device, started?: (run: Run) => void) {
  const runs = useLab((s) => s.runs)
  const { start, busy, fault, forget } = useStart((run) => {
    queryClient.invalidateQueries({ queryKey: ['history'] })
    started?.(run)
  })

  const may = async (command: string) => {
    const danger = dangerOf(command)
    if (!danger) return true
    const going = runs.filter((r) => r.bench === bench.id && r.device === device.id && goesOn(r))
    return confirm(question(danger, command, bench, device, going))
  }
  // The relay asks too while somebody is at the bench: what was asked here is
  // not asked twice.
  const send = async (order: Order, words: string) => {
    const isAsked = bench.flag !== undefined && dangerOf(words) !== undefined
    await start(isAsked ? { ...order, confirmed: true } : order)
  }
  const order = async (what: { command: string; timeout_s?: number }) => {
    if (!(await may(what.command))) return
    await send({ bench: bench.id, device: device.id, ...what } satisfies Order, what.command)
  }
  // An act is asked about by its words.
  const act = async (what: Act, words: string, timeout_s?: number) => {
    if (!(await may(words))) return
    const order: Order = { bench: bench.id, device: device.id, act: what }
    await send(timeout_s ? { ...order, timeout_s } : order, words)
  }
  // What the lab wrote down as a check was decided when it was written.
  const check = (id: string) => start({ bench: bench.id, device: device.id, check: id })
  return { order, act, check, busy, fault, forget }
}

export function question(
  danger: Danger,
  command: string,
  bench: Bench,
  device: Device,
  going: Run[],
) {
  const on = `${device.id} on ${bench.name || bench.id}`
  const of = `${device.id} of ${bench.name || bench.id}`
  const lost = danger.leaves
    ? going.map((r) => ` The run \`${short(r.command)}\` by ${r.by} ends as lost.`).join('')
    : ''
  return {
    title: danger.does.endsWith(' device')
      ? `${danger.does.replace(/ device$/, '')} ${on}?`
      : `Run this on ${of}?`,
    text: `\`${short(command)}\`: ${danger.text}${lost}${beside(bench)}`,
    does: danger.does,
    safe: lost ? 'Keep running' : 'Do not run',
    isDanger: true,
  }
}

const short = (command: string) => {
  const line = firstLine(command).replaceAll('`', '´')
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}

const beside = ({ flag }: Bench) =>
  flag ? ` Someone is at this bench${flag.note ? `: ${plain(flag.note)}` : '.'}` : ''

const plain = (text: string) => sentence(text.replaceAll('`', '´'))
