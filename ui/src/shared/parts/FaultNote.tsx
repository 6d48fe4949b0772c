// A refusal: cause, remedy, what one can do, and an id to copy.
import { CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Fault } from '@/shared/wire'
import { sentence } from '@/shared/words'
import { CopyButton } from './CopyButton'
import css from './parts.module.css'
import { Words } from './Words'

export function FaultNote({ fault, children }: { fault: Fault; children?: ReactNode }) {
  return (
    <div className={css.fault} role="alert">
      <CircleX size={16} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <b>
          <Words text={sentence(fault.message)} />
        </b>
        {fault.hint ? (
          <p>
            <Words text={sentence(fault.hint)} />
          </p>
        ) : null}
        {children || fault.id ? (
          <div className={css.actions}>
            {children}
            {fault.id ? (
              <CopyButton text={fault.id} variant="subtle" color="gray">
                Copy id <code>&nbsp;{fault.id}</code>
              </CopyButton>
            ) : null}
          </div>
        ) : null}
      </div>
    </div>
  )
}
