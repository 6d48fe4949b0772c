// A few lines of a result, drawn once and never scrolled: for blocks.
import { useComputedColorScheme } from '@mantine/core'
import { useLayoutEffect, useRef } from 'react'
import type { Row } from './lines'
import css from './log.module.css'
import { plainLooks, RowView } from './rowView'

export function Lines({ rows, label = 'Lines' }: { rows: readonly Row[]; label?: string }) {
  const scheme = useComputedColorScheme('light')
  const element = useRef<HTMLUListElement>(null)
  const hasErr =
    rows.some((r) => r.kind === 'line' && r.stream === 'err') &&
    rows.some((r) => r.kind === 'line' && r.stream !== 'err')
  useLayoutEffect(() => {
    element.current?.replaceChildren(
      ...rows.map((row) => {
        const view = new RowView('block')
        view.show(row, { ...plainLooks, scheme }, undefined)
        view.element.removeAttribute('id')
        view.element.removeAttribute('aria-selected')
        view.element.setAttribute('role', 'listitem')
        return view.element
      }),
    )
  }, [rows, scheme])
  return (
    <div className={`${css.log} ${css.compact} ${css.isWrapped} ${hasErr ? css.withErr : ''}`}>
      <ul ref={element} aria-label={label} className={`${css.canvas} ${css.wrapped} ${css.few}`} />
    </div>
  )
}
