// Begins a search: a text in the lines of all stored runs, of one bench or the lab.
import { Button, Input } from '@mantine/core'
import { Search } from 'lucide-react'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useDraft } from '@/shared/drafts'
import { useLab } from '@/shared/lab'
import { FaultNote } from '@/shared/parts'
import { RequestError, useSocket } from '@/shared/socket'
import type { Fault, SearchRequest } from '@/shared/wire'
import { legible } from '@/shared/words'
import css from './jobs.module.css'

const longest = 200 // characters, as the relay takes them
const ttl = 10_000

type Props = {
  bench: string | undefined
  again: SearchRequest | undefined // one that is to be asked once more
  onBegun: (job: string) => void
}

export function SearchForm({ bench = '', again, onBegun }: Props) {
  const socket = useSocket()
  const benches = useLab((s) => s.benches)
  const loaded = useLab((s) => s.loaded)
  const [text, setText] = useDraft('jobs.search')
  const [on, setOn] = useState(bench)
  const isUnknown = on !== '' && !benches.some((b) => b.id === on)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const asked = useRef<{ id: string; d: SearchRequest }>(undefined)
  const field = useRef<HTMLInputElement>(null)
  const ids = { text: useId(), on: useId(), hint: useId() }
  useEffect(() => {
    if (!again) return
    setText(again.text)
    field.current?.focus()
  }, [again, setText])
  const begin = async (e: FormEvent) => {
    e.preventDefault()
    const wanted = text.trim()
    if (!wanted || busy) return
    setBusy(true)
    setFault(undefined)
    const d: SearchRequest = { text: wanted, ...(on ? { bench: on } : {}) }
    // Without an answer the same is asked under the same id: it begins once.
    const isSame = JSON.stringify(asked.current?.d) === JSON.stringify(d)
    if (!asked.current || !isSame) asked.current = { id: newJobId(), d }
    try {
      const order = { id: asked.current.id, kind: 'search', d }
      const { id } = await socket.request<{ id: string }>('job.start', order, ttl)
      asked.current = undefined
      setText('')
      onBegun(id)
    } catch (e) {
      if (!(e instanceof RequestError)) throw e
      if (e.fault.code !== 'no_answer') asked.current = undefined
      setFault(e.fault.code === 'no_answer' ? silence : e.fault)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.search} onSubmit={begin} aria-label="Search the lines of all runs">
      <label htmlFor={ids.text}>Find a text in the lines of all stored runs</label>
      <div>
        <Input
          ref={field}
          id={ids.text}
          type="search"
          maxLength={longest}
          placeholder="As it stands in a line, without case"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={ids.hint}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <select
          id={ids.on}
          aria-label="Of which bench"
          aria-invalid={isUnknown && loaded}
          value={on}
          onChange={(e) => setOn(e.currentTarget.value)}
        >
          <option value="">The whole lab</option>
          {isUnknown ? (
            <option value={on}>{loaded ? `${legible(on)}: not in this lab` : legible(on)}</option>
          ) : null}
          {benches.map((b) => (
            <option key={b.id} value={b.id}>
              {b.name || b.id}
            </option>
          ))}
        </select>
        <Button
          type="submit"
          variant="filled"
          leftSection={<Search size={14} aria-hidden />}
          disabled={!text.trim() || busy}
        >
          Search
        </Button>
      </div>
      <p id={ids.hint}>The newest runs come first, up to 100 hits. It goes on when you leave.</p>
      {fault ? <FaultNote fault={fault} /> : null}
    </form>
  )
}

const silence: Fault = {
  code: 'no_answer',
  message: 'No answer came',
  hint: 'It may have begun. Searching again is safe: it begins once.',
}

const newJobId = () => `j${crypto.getRandomValues(new Uint32Array(3)).join('')}`
