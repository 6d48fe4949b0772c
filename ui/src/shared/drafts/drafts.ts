// What was typed and not sent. It survives a reload, is shown again, and is
// never sent by itself.
import { useCallback, useEffect, useRef, useState } from 'react'
import { storage } from '@/shared/storage'

type Draft = { text: string; at: number }

const writeAfter = 250 // a pause in typing: a script may be 256 KiB
const kept = 50

const parse = (v: unknown): Draft | undefined =>
  typeof (v as Draft)?.text === 'string'
    ? { text: (v as Draft).text, at: Number((v as Draft).at) || 0 }
    : undefined

export const readDraft = (key: string): string =>
  storage.read(`draft.${key}`, parse, { text: '', at: 0 }).text

export function writeDraft(key: string, text: string): void {
  if (text === '') {
    storage.remove(`draft.${key}`)
    return
  }
  storage.write(`draft.${key}`, { text, at: Date.now() })
  forgetOldest()
}

export function useDraft(key: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState(() => ({ key, text: readDraft(key) }))
  const pending = useRef<{ key: string; text: string; timer: ReturnType<typeof setTimeout> }>(
    undefined,
  )

  const flush = useCallback(() => {
    if (!pending.current) return
    clearTimeout(pending.current.timer)
    writeDraft(pending.current.key, pending.current.text)
    pending.current = undefined
  }, [])
  useEffect(() => {
    addEventListener('pagehide', flush)
    return () => {
      removeEventListener('pagehide', flush)
      flush()
    }
  }, [flush])

  // Another field than before: its own draft, and the old one is kept.
  let shown = draft
  if (draft.key !== key) {
    flush()
    shown = { key, text: readDraft(key) }
    setDraft(shown)
  }
  const change = useCallback(
    (text: string) => {
      setDraft({ key, text })
      if (pending.current) clearTimeout(pending.current.timer)
      pending.current = { key, text, timer: setTimeout(flush, writeAfter) }
      if (text === '') flush() // it was sent
    },
    [key, flush],
  )
  return [shown.text, change]
}

function forgetOldest(): void {
  const keys = storage.keys('draft.')
  if (keys.length <= kept) return
  const drafts = keys.map((key) => ({ key, at: storage.read(key, parse, { text: '', at: 0 }).at }))
  drafts.sort((a, b) => a.at - b.at)
  for (const { key } of drafts.slice(0, keys.length - kept)) storage.remove(key)
}
