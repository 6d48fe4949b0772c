export { Bar } from './Bar'
export { CopyButton, copy } from './CopyButton'
export { Dialog } from './Dialog'
export { FaultNote } from './FaultNote'
export { Hidden } from './Hidden'
export { Mark } from './Mark'
export { PageHead } from './PageHead'
export { Skeleton } from './Skeleton'
export {
  type BenchMood,
  BenchSign,
  Ring,
  RunIcon,
  RunTag,
  runSign,
  type Sign,
  SignIcon,
  type Tone,
} from './signs'
export { useKeptFocus } from './useKeptFocus'
export { useLate } from './useLate'
export { useNow } from './useNow'
export { useTitle } from './useTitle'
export { Words } from './Words'
