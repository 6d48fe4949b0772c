// What this tab looks at, told to the others as often as it changes.
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLab } from '@/shared/lab'
import { useConnection, useSocket } from '@/shared/socket'
import type { Look } from '@/shared/wire'

export function useLook(): void {
  const socket = useSocket()
  const times = useConnection((c) => (c.phase === 'connected' ? c.times : 0))
  const path = useLocation({ select: (l) => l.pathname })
  const { bench, device, run } = lookedAt(path)
  const of = useLab((s) => (run ? s.runs.find((r) => r.id === run) : undefined))
  const on = { bench: bench ?? of?.bench ?? '', device: device ?? of?.device ?? '', run: run ?? '' }
  const what = JSON.stringify(Object.fromEntries(Object.entries(on).filter(([, id]) => id)))
  useEffect(() => {
    if (times === 0) return
    // A relay that does not know of it is none the worse.
    socket.request('look', JSON.parse(what)).catch(() => undefined)
  }, [socket, times, what])
}

export function lookedAt(path: string): Look {
  const [, kind, id, device] = path.split('/').map(decoded)
  if (kind === 'b' && id) return { bench: id, ...(device ? { device } : {}) }
  if (kind === 'r' && id && !id.includes('..')) return { run: id }
  return {}
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
