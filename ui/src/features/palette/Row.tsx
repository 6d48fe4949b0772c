import {
  ArrowRight,
  BadgeCheck,
  CornerDownRight,
  Keyboard,
  Monitor,
  Play,
  Star,
  SunMoon,
  TriangleAlert,
} from 'lucide-react'
import { KeyCaps } from '@/shared/keys'
import { BenchSign } from '@/shared/parts'
import { ResultIcon } from '@/shared/verdict'
import type { Item, Sign } from './items'
import css from './palette.module.css'
import { marks } from './rank'

type Props = {
  id: string
  item: Item
  words: string[]
  isCurrent: boolean
  onPoint: () => void
  onChoose: (inNewTab: boolean) => void
}

export function Row({ id, item, words, isCurrent, onPoint, onChoose }: Props) {
  const Title = item.isCode ? 'code' : 'b'
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      className={css.row}
      onMouseMove={onPoint}
      onClick={(e) => onChoose(e.ctrlKey || e.metaKey)}
    >
      <SignOf sign={item.sign} />
      <Title>
        <Marked text={item.title} words={words} />
      </Title>
      <span className={css.detail}>
        <Marked text={item.detail} words={words} />
      </span>
      {item.right ? <small>{item.right}</small> : null}
      {item.keys ? <KeyCaps name={item.keys} /> : null}
      {isCurrent ? <kbd className={css.enter}>↵</kbd> : null}
    </div>
  )
}

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const icons = {
  page: <CornerDownRight {...icon} />,
  check: <BadgeCheck {...icon} />,
  command: <Play {...icon} />,
  pin: <Star {...icon} />,
  go: <ArrowRight {...icon} />,
  look: <SunMoon {...icon} />,
  keys: <Keyboard {...icon} />,
}

function SignOf({ sign }: { sign: Sign }) {
  switch (sign.kind) {
    case 'bench':
      return <BenchSign mood={sign.mood} />
    case 'run':
      return <ResultIcon run={sign.run} />
    case 'device':
      return sign.isReady ? (
        <Monitor {...icon} />
      ) : (
        <TriangleAlert {...icon} className={css.needs} />
      )
    default:
      return icons[sign.kind]
  }
}

const Marked = ({ text, words }: { text: string; words: string[] }) =>
  marks(text, words).map(({ text: piece, isHit }, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other name
    isHit ? <mark key={i}>{piece}</mark> : piece,
  )
