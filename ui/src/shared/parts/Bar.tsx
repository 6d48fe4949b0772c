import type { ReactNode } from 'react'
import css from './parts.module.css'
import type { Tone } from './signs'

type Props = {
  tone: Tone
  icon: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
}

// A bar over the page's content: what is the matter, and what one can do.
export function Bar({ tone, icon, title, children, action }: Props) {
  return (
    <div className={`${css.bar} ${css[tone]}`} role="status">
      {icon}
      <p>
        <b>{title}</b> <span>{children}</span>
      </p>
      {action}
    </div>
  )
}
