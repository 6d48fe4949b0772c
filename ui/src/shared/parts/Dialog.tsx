import { type ComponentProps, useLayoutEffect, useRef } from 'react'
import css from './dialog.module.css'

type Props = ComponentProps<'dialog'> & { onClose: () => void }

// Dialog is the browser's own: it keeps the focus inside and gives it back.
// Escape closes it, as does a click beside it.
export function Dialog({ className, onClose, ...rest }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const d = dialog.current
    d?.showModal()
    return () => d?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it
    <dialog
      {...rest}
      ref={dialog}
      className={`${css.dialog} ${className ?? ''}`}
      onClose={onClose}
      onClick={(e) => e.target === e.currentTarget && onClose()}
    />
  )
}
