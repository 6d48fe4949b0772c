import { useEffect, useRef, useState } from 'react'
import type { Fault } from '@/shared/wire'
import type { Aligned } from './align'
import type { Side } from './read'
import type { Order, Word } from './words'

export type Comparison = {
  a?: Side
  b?: Side
  rows?: Aligned
  reading?: number // lines read so far
  part?: number // of the aligning, 0 to 1
  fault?: Fault
}

// useCompare asks a worker for the comparison; `times` asks anew for lines that
// came meanwhile.
export function useCompare({ a, b, from, ignored }: Order, times: number): Comparison {
  const [found, setFound] = useState<Comparison>({ reading: 0 })
  const worker = useRef<Worker>(undefined)
  useEffect(() => {
    void times // a new worker reads again
    setFound((f) => ({ ...f, rows: undefined, reading: 0, fault: undefined }))
    const own = new Worker(new URL('./compare.worker.ts', import.meta.url), { type: 'module' })
    worker.current = own
    own.onmessage = ({ data }: MessageEvent<Word>) => setFound((f) => after(f, data))
    own.onerror = () => setFound((f) => after(f, { kind: 'fault', fault: failed }))
    return () => {
      own.terminate()
      worker.current = undefined
    }
  }, [times])
  const list = ignored.join()
  useEffect(() => {
    void times
    const order: Order = { a, b, from, ignored: list ? (list.split(',') as Order['ignored']) : [] }
    worker.current?.postMessage(order)
  }, [a, b, from, list, times])
  return found
}

const failed: Fault = {
  code: 'internal',
  message: 'The comparison failed in this browser',
  hint: 'Compare again; if it fails again, compare shorter runs.',
}

function after(found: Comparison, word: Word): Comparison {
  switch (word.kind) {
    case 'reading':
      return { ...found, reading: word.lines }
    case 'sides':
      return { a: word.a, b: word.b, part: 0 }
    case 'aligning':
      return { ...found, part: word.part }
    case 'rows':
      return { ...found, rows: word.rows, part: undefined, reading: undefined }
    case 'fault':
      return { fault: word.fault }
  }
}
