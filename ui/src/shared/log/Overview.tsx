// The overview beside the rows as what it is to keys and readers: a scrollbar.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Log } from './log'
import css from './log.module.css'
import type { Pane } from './pane'
import type { Looks } from './rowView'
import { Strip } from './strip'

type Props = { log: Log; pane: Pane; looks: Looks; controls: string }

export function Overview({ log, pane, looks, controls }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const [strip, setStrip] = useState<Strip>()
  useEffect(() => {
    if (!element.current) return
    const made = new Strip(element.current, log, pane)
    setStrip(made)
    return () => made.close()
  }, [log, pane])
  useEffect(() => strip?.look(looks), [strip, looks])
  const onKeyDown = (e: KeyboardEvent) => {
    const { first } = pane.state.getState()
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: pane.page(1), PageUp: pane.page(-1) }[e.key]
    if (by !== undefined) pane.goTo(Math.max(0, first + by), 'top')
    else if (e.key === 'Home') pane.goTo(0, 'top')
    else if (e.key === 'End') pane.follow()
    else return
    e.preventDefault()
  }
  return (
    <div
      ref={element}
      className={css.overview}
      role="scrollbar"
      aria-label="Overview of the log"
      aria-controls={controls}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={1}
      aria-valuenow={1}
      tabIndex={0}
      onKeyDown={onKeyDown}
    />
  )
}
