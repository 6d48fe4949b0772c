// The device's properties: looked for by name and value, copied one by one.
import { ActionIcon, TextInput } from '@mantine/core'
import { Check, Copy, RefreshCw, Search } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { goesOn } from '@/shared/lab'
import { copy } from '@/shared/parts'
import type { Bench, Device, Run } from '@/shared/wire'
import { count, legible, time } from '@/shared/words'
import { matching, type Property } from './properties'
import css from './side.module.css'
import { useLaunch } from './useLaunch'
import { readAll, useProperties } from './useProperties'

type Props = { bench: Bench; device: Device; blocks: Run[] }

const most = 300 // shown at once: whoever looks for one types

export function PropertiesPanel({ bench, device, blocks }: Props) {
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text)
  const { all, at } = useProperties(device, blocks)
  const { order, busy } = useLaunch(bench, device)
  const isReading = busy || blocks.some((r) => goesOn(r) && r.command === readAll)
  const found = matching(all, wanted)
  return (
    <section className={`${css.panel} ${css.properties}`} aria-label="Properties">
      <div className={css.head}>
        <h2>Properties</h2>
        <span className={css.count} role="status">
          {wanted ? `${count(found.length)} of ${count(all.length)}` : count(all.length)}
        </span>
        <span className={css.space} />
        <span className={css.count}>{at ? `read ${time(at)}` : 'from the bench'}</span>
        <ActionIcon
          aria-label="Read all properties"
          disabled={isReading}
          onClick={() => order({ command: readAll, timeout_s: 30 })}
        >
          <RefreshCw size={16} strokeWidth={1.75} />
        </ActionIcon>
      </div>
      <TextInput
        className={css.search}
        aria-label="Search names and values"
        placeholder="Search names and values"
        leftSection={<Search size={14} aria-hidden />}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape' && text) {
            e.preventDefault()
            e.stopPropagation()
            setText('')
          }
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <section className={css.list} aria-label="Names and values" tabIndex={0}>
        {found.slice(0, most).map((p) => (
          <Row key={p.name} property={p} />
        ))}
        {found.length > most ? (
          <p className={css.none}>{count(found.length - most)} more. Search to narrow them.</p>
        ) : null}
        {found.length === 0 ? (
          <p className={css.none}>
            {all.length > 0 ? 'No property holds that.' : 'None known. Read them from the device.'}
          </p>
        ) : null}
      </section>
    </section>
  )
}

function Row({ property: { name, value } }: { property: Property }) {
  const [isCopied, setCopied] = useState(false)
  const onCopy = async () => {
    setCopied(await copy(value))
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <div className={css.property}>
      <code>{legible(name)}</code>
      <code>{legible(value) || ' '}</code>
      <ActionIcon
        variant="default"
        size={24}
        aria-label={isCopied ? `Copied ${name}` : `Copy ${name}`}
        onClick={onCopy}
      >
        {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </ActionIcon>
    </div>
  )
}
