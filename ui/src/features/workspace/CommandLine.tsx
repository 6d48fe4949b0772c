// The command line: what one types, what one typed before, what the lab saved.
import { Button, Kbd } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { ChevronRight, CornerDownLeft, FileTerminal, History } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useId, useRef } from 'react'
import { useKeys } from '@/shared/keys'
import type { Device } from '@/shared/wire'
import css from './command.module.css'
import { Offers } from './Offers'
import { useOffers } from './useOffers'

type Props = {
  device: Device
  text: string
  isBusy: boolean
  isNotSent: boolean
  hasScript: boolean
  onChange: (text: string) => void
  onRun: (command: string) => void
  onScript: (body: string) => void
  onPaste: (lines: string) => void
}

export function CommandLine(p: Props) {
  const field = useRef<HTMLInputElement>(null)
  const list = useId()
  const offers = useOffers(p.text)
  const isPhone = useMediaQuery('(width < 50em)') ?? false
  const shown = offers.chosen?.command ?? p.text
  const isWhole = !shown.includes('\n') // else the editor is the place for it

  useKeys('Workspace', {
    ':': { does: 'Type a command', run: () => field.current?.focus() },
  })

  const take = (command: string) => {
    offers.close()
    if (command.includes('\n')) p.onScript(command)
    else p.onChange(command)
    field.current?.focus()
  }
  const run = () => {
    offers.close()
    if (!isWhole) return p.onScript(shown)
    if (shown !== p.text) p.onChange(shown)
    p.onRun(shown)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey || e.altKey) return
    const fill = offers.chosen?.command ?? (offers.ghost ? p.text + offers.ghost : '')
    const acts = new Map<string, () => void>([
      ['Enter', run],
      ['ArrowUp', () => offers.move(1)],
      ['ArrowDown', () => offers.move(-1)],
      ['Escape', offers.isOpen ? offers.close : () => field.current?.blur()],
    ])
    if (fill && !e.shiftKey) acts.set('Tab', () => take(fill))
    const act = acts.get(e.key)
    if (!act) return
    e.preventDefault()
    act()
  }
  const onPaste = (e: ClipboardEvent) => {
    const lines = e.clipboardData.getData('text').replaceAll('\r\n', '\n')
    if (!lines.trim().includes('\n')) return
    e.preventDefault()
    p.onPaste(lines)
  }

  return (
    <div className={css.wrap}>
      {offers.isOpen ? <Offers id={list} text={p.text} offers={offers} onTake={take} /> : null}
      <div className={css.line}>
        <span className={css.prompt}>
          {p.device.id} <ChevronRight size={14} aria-hidden />
        </span>
        <span className={css.fieldBox}>
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-label="Command"
            aria-expanded={offers.isOpen}
            aria-controls={offers.isOpen ? list : undefined}
            aria-autocomplete="list"
            aria-activedescendant={offers.chosen ? `${list}-${offers.index}` : undefined}
            className={css.field}
            placeholder={isPhone ? 'Type a command' : 'Type a command, or press : from anywhere'}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            value={isWhole ? shown : `${shown.split('\n')[0]} …`}
            onChange={(e) => {
              p.onChange(e.currentTarget.value)
              offers.typed(e.currentTarget.value)
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={offers.close}
          />
          {offers.ghost && !offers.chosen ? (
            <span className={css.ghost} aria-hidden="true">
              <i>{p.text}</i>
              {offers.ghost}
            </span>
          ) : null}
        </span>
        {p.isNotSent ? <span className={css.notSent}>Not sent</span> : null}
        <Button
          variant="subtle"
          color="gray"
          leftSection={<History size={14} aria-hidden />}
          aria-expanded={offers.isOpen}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => {
            field.current?.focus()
            offers.toggle()
          }}
        >
          History <Kbd className={css.kbd}>↑</Kbd>
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<FileTerminal size={14} aria-hidden />}
          onClick={() => p.onScript(p.hasScript ? '' : p.text)}
        >
          Script
        </Button>
        <Button
          variant="filled"
          disabled={!shown.trim() || p.isBusy}
          rightSection={<CornerDownLeft size={14} aria-hidden />}
          onClick={run}
        >
          Run
        </Button>
      </div>
    </div>
  )
}
