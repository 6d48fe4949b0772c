// Settings travel with the person. A relay that does not answer changes
// nothing here: what is unsent is sent with the next connection.
import { getJSON, ProblemError, putJSON } from '@/shared/http/api'
import type { Settings as Document } from '@/shared/wire'
import { local } from './settings'

const path = '/api/v1/settings'
const sendAfter = 800
const attempts = 4

// syncSettings begins for a person and ends with the returned function.
export function syncSettings(by: string): () => void {
  let known: Document | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn: Promise<void> = Promise.resolve()
  let isOver = false

  const load = async () => {
    known = await getJSON<Document>(path)
    if (!isOver) local.take(by, known.settings)
  }
  // Fields that only a newer version knows are sent back as they came.
  const send = async () => {
    for (let i = 0; i < attempts && !isOver; i++) {
      const unsent = local.unsent()
      if (!known || Object.keys(unsent).length === 0) return
      const settings = { ...known.settings, ...unsent }
      try {
        known = await putJSON<Document>(path, { revision: known.revision, settings })
        if (!isOver) local.take(by, known.settings, unsent)
      } catch (e) {
        if (!(e instanceof ProblemError) || e.status !== 409) throw e
        await load() // another tab was first: its fields, then ours again
      }
    }
  }
  const enqueue = (...jobs: (() => Promise<void>)[]) => {
    for (const job of jobs) {
      turn = turn.then(job).catch(() => undefined) // the next change or connection tries again
    }
  }
  enqueue(load, send)
  const leave = local.whenChanged(() => {
    clearTimeout(timer)
    timer = setTimeout(() => enqueue(...(known ? [send] : [load, send])), sendAfter)
  })
  return () => {
    isOver = true
    clearTimeout(timer)
    leave()
  }
}
