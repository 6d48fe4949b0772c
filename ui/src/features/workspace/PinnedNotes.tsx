// What people pinned to the bench: it stands there until somebody takes it away.
import { ActionIcon, Button } from '@mantine/core'
import { Pin, X } from 'lucide-react'
import { useContext, useState } from 'react'
import { useStore } from 'zustand'
import { LabContext, useLab } from '@/shared/lab'
import { useActions } from '@/shared/palette'
import { Dialog, FaultNote, useKeptFocus } from '@/shared/parts'
import ask from '@/shared/parts/ask.module.css'
import { RequestError, useSocket } from '@/shared/socket'
import { toast } from '@/shared/toast'
import type { Bench, Fault, Note, Notes } from '@/shared/wire'
import { ago, legible, plural } from '@/shared/words'
import { closeNote, noteAsked, writeNote } from './noteAsked'
import css from './notes.module.css'

const atOnce = 2 // shown before one asks for more
const inAFewLines = 120 // characters, on a phone
const longest = 1000
const ttl = 5000

export function PinnedNotes({ bench }: { bench: Bench }) {
  const notes = useLab((s) => s.notes[bench.id]?.notes) ?? none
  const change = useChange(bench.id)
  const isWriting = useStore(noteAsked, (s) => s.bench === bench.id)
  const [isOpen, setOpen] = useState(false)
  const kept = useKeptFocus<HTMLUListElement>(change.busy)
  useActions('Bench', [
    {
      id: 'note',
      label: `Pin a note to ${bench.name || bench.id}…`,
      words: 'note pin',
      run: () => writeNote(bench.id),
    },
  ])
  const newest = notes.toReversed()
  const shown = isOpen ? newest : newest.slice(0, atOnce)
  const isMore = newest.length > atOnce || newest.some((note) => note.text.length > inAFewLines)
  const unpin = async (note: Note) => {
    if (!(await change.ask('unpin', { id: note.id }))) return
    const again = () => change.ask('pin', { id: note.id, text: note.text })
    toast({ title: 'Note taken away', action: { label: 'Pin it again', run: again } })
  }
  return (
    <>
      {notes.length > 0 ? (
        <ul
          {...kept}
          className={`${css.notes} ${isOpen ? css.whole : ''}`}
          aria-label="Notes pinned to this bench"
        >
          {shown.map((note) => (
            <One key={note.id} note={note} onUnpin={() => unpin(note)} />
          ))}
          {isMore ? (
            <li>
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
              >
                {isOpen ? 'Show less' : more(newest.length - atOnce)}
              </Button>
            </li>
          ) : null}
        </ul>
      ) : null}
      {change.fault && !isWriting ? <FaultNote fault={change.fault} /> : null}
      {isWriting ? <Write bench={bench} change={change} onClose={closeNote} /> : null}
    </>
  )
}

const none: Note[] = []
const more = (n: number) => (n > 0 ? plural(n, 'more note') : 'Show the whole notes')

function One({ note, onUnpin }: { note: Note; onUnpin: () => void }) {
  return (
    <li>
      <Pin size={14} strokeWidth={1.75} aria-hidden />
      <p>
        <bdi>{legible(note.text)}</bdi>{' '}
        <small>
          {legible(note.by.name)}, {ago(Date.parse(note.at))}
        </small>
      </p>
      <ActionIcon size={24} aria-label="Unpin this note" onClick={onUnpin}>
        <X size={14} strokeWidth={1.75} aria-hidden />
      </ActionIcon>
    </li>
  )
}

type WriteProps = { bench: Bench; change: ReturnType<typeof useChange>; onClose: () => void }

function Write({ bench, change, onClose }: WriteProps) {
  const [text, setText] = useState('')
  const [id] = useState(() => `n${crypto.getRandomValues(new Uint32Array(2)).join('')}`)
  const pin = async () => {
    if (await change.ask('pin', { id, text: text.trim() })) onClose()
  }
  return (
    <Dialog className={`${ask.dialog} ${css.dialog}`} aria-labelledby="pin-note" onClose={onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          pin()
        }}
      >
        <h2 id="pin-note">Pin a note to {bench.name || bench.id}</h2>
        <label className={ask.field}>
          Note
          <textarea
            autoFocus
            rows={3}
            maxLength={longest}
            value={text}
            placeholder="What everybody at this bench should know"
            onChange={(e) => setText(e.target.value)}
          />
        </label>
        {change.fault ? <FaultNote fault={change.fault} /> : null}
        <div>
          <Button size="md" onClick={onClose}>
            Discard
          </Button>
          <Button size="md" variant="filled" type="submit" disabled={change.busy || !text.trim()}>
            Pin note
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function useChange(bench: string) {
  const socket = useSocket()
  const lab = useContext(LabContext)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const ask = async (verb: 'pin' | 'unpin', d: { id: string; text?: string }) => {
    setBusy(true)
    setFault(undefined)
    try {
      lab?.pinned(await socket.request<Notes>(`note.${verb}`, { bench, ...d }, ttl))
      return true
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      setFault(e.fault)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { ask, busy, fault }
}
