// A script of many lines. CodeMirror comes with this chunk alone.
import { Button, Kbd } from '@mantine/core'
import { CornerDownLeft } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useKeys } from '@/shared/keys'
import type { Device } from '@/shared/wire'
import { plural } from '@/shared/words'
import css from './command.module.css'
import { openEditor } from './editor'

const largest = 256 << 10 // bytes that a command may have

type Props = {
  device: Device
  text: string
  hasFocus: boolean
  isBusy: boolean
  isNotSent: boolean
  onChange: (text: string) => void
  onRun: () => void
  onClose: () => void
}

export default function ScriptEditor(p: Props) {
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef(p)
  latest.current = p
  useEffect(() => {
    if (!place.current) return
    return openEditor(place.current, {
      text: latest.current.text,
      hasFocus: latest.current.hasFocus,
      label: `Script for ${latest.current.device.id}`,
      onChange: (text) => latest.current.onChange(text),
      onRun: () => latest.current.onRun(),
      onLeave: () => latest.current.onClose(),
    })
  }, [])
  useKeys('Workspace', {
    ':': {
      does: 'Type a command',
      run: () => place.current?.querySelector<HTMLElement>('[contenteditable]')?.focus(),
    },
  })
  const size = new TextEncoder().encode(p.text).length
  const isTooLarge = size > largest
  return (
    <div className={css.script}>
      <div className={css.scriptHead}>
        <b>Script for {p.device.id}</b>
        <span className={isTooLarge ? css.tooLarge : css.size} role="status">
          {plural(p.text === '' ? 0 : p.text.split('\n').length, 'line')}, {kib(size)} of 256 KiB
          {isTooLarge ? ': too large to send' : ''}
        </span>
        <span className={css.space} />
        {p.isNotSent ? <span className={css.notSent}>Not sent</span> : null}
        <Button variant="subtle" color="gray" onClick={p.onClose}>
          Command line
        </Button>
        <Button
          variant="filled"
          disabled={!p.text.trim() || p.isBusy || isTooLarge}
          rightSection={<CornerDownLeft size={14} aria-hidden />}
          onClick={p.onRun}
        >
          Run script <Kbd className={css.wideKbd}>Ctrl ↵</Kbd>
        </Button>
      </div>
      <div ref={place} className={css.editor} />
    </div>
  )
}

const kib = (n: number) => (n < 1024 ? `${n} B` : `${(n / 1024).toFixed(1)} KiB`)
