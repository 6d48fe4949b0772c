import { Link, type LinkProps } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import css from './pageHead.module.css'

type Props = {
  up?: { to: LinkProps['to']; params?: LinkProps['params']; label: string } | undefined
  sign?: ReactNode // the state, before the name
  title: ReactNode
  hint?: string | undefined // the whole of a title that may be cut
  children?: ReactNode // what is known beside the name
  acts?: ReactNode
  className?: string | undefined
}

// PageHead is the top of a page: what it stands under, its name, its acts.
export function PageHead({ up, sign, title, hint, children, acts, className }: Props) {
  return (
    <header className={`${css.head} ${className ?? ''}`}>
      {up ? (
        <nav aria-label="Where">
          <Link to={up.to} params={up.params}>
            {up.label}
          </Link>
          <ChevronRight size={14} aria-hidden />
        </nav>
      ) : null}
      {sign}
      <h1 title={hint}>{title}</h1>
      {children}
      {acts ? <div className={css.acts}>{acts}</div> : null}
    </header>
  )
}
