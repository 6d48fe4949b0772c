// Editing the lab's checks: a working copy that survives a reload, saved whole
// with the revision it was read at. Who saved meanwhile is never overwritten.
import { useEffect, useState } from 'react'
import { ProblemError, queryClient } from '@/shared/query'
import { storage } from '@/shared/storage'
import type { Checks, Fault, Mistake } from '@/shared/wire'
import { plural } from '@/shared/words'
import {
  type Any,
  type Asked,
  type Content,
  changed,
  contentOf,
  joined,
  type Mistakes,
  named,
  placed,
  put,
  renamed,
  type Section,
  without,
} from './document'
import { settle } from './merge'
import { checksKey, saveChecks, useChecks, whole } from './useChecks'

type Working = { base: Checks; mine: Content; asked: Asked[] }
const key = 'checks.editing'
const attempts = 3 // of joining with what others save at the same moment

const parse = (v: unknown): Working | undefined => {
  const w = v as Working
  return Array.isArray(w?.base?.checks) && Array.isArray(w?.mine?.checks) ? w : undefined
}
const fresh = (base: Checks): Working => ({ base, mine: contentOf(base), asked: [] })

export function useEditor() {
  const read = useChecks()
  const [working, setWorking] = useState<Working | undefined>(() =>
    storage.read<Working | undefined>(key, parse, undefined),
  )
  const [mistakes, setMistakes] = useState<Mistakes>(new Map())
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState(false)
  const [isJoined, setJoined] = useState(false)

  const change = (next: Working) => {
    const isTouched = changed(contentOf(next.base), next.mine).size > 0 || next.asked.length > 0
    if (isTouched) storage.write(key, next)
    else storage.remove(key)
    setWorking(next)
  }
  // What another saved is taken at once while nothing was changed here.
  const now = working ?? (read.data ? fresh(read.data) : undefined)
  const edits = now ? changed(contentOf(now.base), now.mine) : new Set<string>()
  const isTouched = edits.size > 0 || (now?.asked.length ?? 0) > 0
  useEffect(() => {
    if (!isTouched) setWorking(undefined)
  }, [isTouched])

  const saved = (document: Checks) => {
    queryClient.setQueryData(checksKey, document)
    storage.remove(key)
    setWorking(undefined)
    setMistakes(new Map())
  }

  // save gives the ids that new entries got, or undefined where it was refused.
  const save = async (): Promise<Map<string, string> | undefined> => {
    if (!now || busy) return undefined
    setBusy(true)
    setFault(undefined)
    setJoined(false)
    const { content, ids } = named(now.mine)
    // Until it is saved, a new entry keeps the name that the page knows it by.
    const back = new Map([...ids].map(([page, saved]) => [saved, page]))
    let next: Working = { base: now.base, mine: content, asked: [] }
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          saved(await saveChecks({ revision: next.base.revision, ...next.mine }))
          return ids
        } catch (e) {
          const current = currentOf(e)
          if (!current || attempt === attempts) throw e
          const both = joined(contentOf(next.base), next.mine, contentOf(current))
          next = { base: current, mine: both.content, asked: both.asked }
          queryClient.setQueryData(checksKey, current)
          setJoined(true)
          change({ ...next, mine: renamed(next.mine, back) })
          if (both.asked.length > 0) return undefined
        }
      }
    } catch (e) {
      if (!(e instanceof ProblemError)) throw e
      const wrong = (e.body as { mistakes?: Mistake[] } | undefined)?.mistakes ?? []
      const mine = renamed(next.mine, back)
      change({ ...next, mine })
      setMistakes(placed(wrong, mine))
      setFault(wrong.length > 0 ? marked(wrong.length, e.fault) : e.fault)
      return undefined
    } finally {
      setBusy(false)
    }
  }

  const edit = (mine: Content) => now && change({ ...now, mine })
  return {
    read,
    content: now?.mine,
    edits,
    asked: now?.asked ?? [],
    mistakes,
    fault,
    busy,
    isJoined,
    save,
    put: (section: Section, entry: Any) => {
      setMistakes((m) => new Map([...m].filter(([k]) => k !== `${section}.${entry.id}`)))
      if (now) edit(put(now.mine, section, entry))
    },
    remove: (section: Section, id: string) => now && edit(without(now.mine, section, id)),
    restore: edit,
    discard: () => {
      storage.remove(key)
      setWorking(undefined)
      setMistakes(new Map())
      setFault(undefined)
    },
    // choose answers one question: which version of an entry stays.
    choose: (asked: Asked, chosen: Any | undefined) => {
      if (!now) return
      const entries = settle(now.mine[asked.section] as Any[], asked.id, chosen)
      change({
        ...now,
        mine: { ...now.mine, [asked.section]: entries },
        asked: now.asked.filter((a) => a !== asked),
      })
    },
  }
}

const marked = (n: number, fault: Fault): Fault => ({
  ...fault,
  message: `Not saved: ${plural(n, 'mistake')}`,
  hint: 'Correct what is marked, then save again.',
})

function currentOf(e: unknown): Checks | undefined {
  if (!(e instanceof ProblemError) || e.status !== 409) return undefined
  const current = (e.body as { current?: Checks } | undefined)?.current
  return current ? whole(current) : undefined
}
