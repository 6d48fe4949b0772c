import type { ReactNode } from 'react'
import css from './parts.module.css'

// For those who listen: text that is read aloud and not drawn.
export function Hidden({
  as: Tag = 'span',
  children,
}: {
  as?: 'span' | 'h1'
  children: ReactNode
}) {
  return <Tag className={css.hidden}>{children}</Tag>
}
