// The results of a device, the newest at the bottom, where the list stays
// unless somebody scrolled up.
import { Button } from '@mantine/core'
import { SquareTerminal } from 'lucide-react'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { FaultNote, Skeleton, useLate } from '@/shared/parts'
import { faultOf } from '@/shared/query'
import type { Bench, Device } from '@/shared/wire'
import { Block } from './Block'
import css from './block.module.css'
import { fillerOf, isOpenAtFirst } from './blocks'
import type { useBlocks } from './useBlocks'

type Props = { bench: Bench; device: Device; list: ReturnType<typeof useBlocks> }

export function Blocks({ bench, device, list }: Props) {
  const { blocks } = list
  const isLate = useLate(list.isLoading && blocks.length === 0)
  const [folds, setFolds] = useState<Record<string, boolean>>({})
  const scroller = useRef<HTMLDivElement>(null)
  const filler = fillerOf(blocks)
  useStay(scroller, blocks.at(-1)?.id)
  const fault = list.fault ? faultOf(list.fault) : undefined

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section className={css.blocks} aria-label="Results" ref={scroller} tabIndex={0}>
      <div className={css.list}>
        {fault ? (
          <FaultNote fault={{ ...fault, message: `Earlier results: ${fault.message}` }}>
            <Button onClick={list.retry}>Try again</Button>
          </FaultNote>
        ) : null}
        {list.hasOlder ? (
          <Button
            variant="subtle"
            color="gray"
            className={css.older}
            disabled={list.isLoadingOlder}
            onClick={list.older}
          >
            Show older results
          </Button>
        ) : null}
        {isLate ? (
          <div className={css.skeletons} aria-busy="true">
            <Skeleton width="70%" />
            <Skeleton width="50%" />
          </div>
        ) : null}
        {blocks.length === 0 && !list.isLoading && !fault ? <Nothing device={device} /> : null}
        {blocks.map((run, i) => (
          <Block
            key={run.id}
            run={run}
            bench={bench}
            device={device}
            isOpen={folds[run.id] ?? isOpenAtFirst(run, blocks.length - 1 - i)}
            isNewest={i === blocks.length - 1}
            isFiller={run === filler}
            onFold={(isOpen) => setFolds((f) => ({ ...f, [run.id]: isOpen }))}
          />
        ))}
      </div>
    </section>
  )
}

function Nothing({ device }: { device: Device }) {
  return (
    <div className={css.nothing}>
      <SquareTerminal size={24} strokeWidth={1.75} aria-hidden />
      <h2>Nothing has run on {device.id} yet</h2>
      <p>
        Press <kbd>:</kbd> and type a command, for example <code>getprop ro.build.fingerprint</code>
        , or run a check.
      </p>
    </div>
  )
}

const near = 48 // px from the bottom that still count as the bottom

// useStay keeps the bottom in view while it is in view, whatever grows.
function useStay(scroller: RefObject<HTMLDivElement | null>, newest: string | undefined) {
  const isDown = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result is shown, wherever one was
  useLayoutEffect(() => {
    isDown.current = true
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [newest, scroller])
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const moved = () => {
      isDown.current = element.scrollHeight - element.scrollTop - element.clientHeight < near
    }
    const grown = new ResizeObserver(() => {
      if (isDown.current) element.scrollTop = element.scrollHeight
    })
    grown.observe(element)
    if (element.firstElementChild) grown.observe(element.firstElementChild)
    element.addEventListener('scroll', moved, { passive: true })
    return () => {
      grown.disconnect()
      element.removeEventListener('scroll', moved)
    }
  }, [scroller])
}
