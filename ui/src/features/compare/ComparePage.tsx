// Two runs side by side, with what differs marked.
import { ActionIcon, Button } from '@mantine/core'
import { ArrowLeftRight, Download, Link as LinkIcon } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useKeys } from '@/shared/keys'
import { useActions } from '@/shared/palette'
import {
  CopyButton,
  copy,
  FaultNote,
  Hidden,
  PageHead,
  Skeleton,
  useLate,
  useTitle,
} from '@/shared/parts'
import { useSettings } from '@/shared/settings'
import { toast } from '@/shared/toast'
import { count } from '@/shared/words'
import { countsOf } from './align'
import css from './compare.module.css'
import { Foot } from './Foot'
import { Notices } from './Notices'
import { patchOf } from './patch'
import { mostLines } from './read'
import { SideBySide, type Sight } from './SideBySide'
import { SideHead } from './SideHead'
import { type CompareSearch, ignoredOf } from './search'
import { Toolbar } from './Toolbar'
import { useCompare } from './useCompare'
import { useRunDoc } from './useRunDoc'
import { placesOf } from './view'

type Props = {
  a: string
  b: string
  search: CompareSearch
  onSearch: (search: CompareSearch) => void
  onSwap: () => void
}

export function ComparePage({ a, b, search, onSearch, onSwap }: Props) {
  const [times, setTimes] = useState(1)
  const docs = { a: useRunDoc(a), b: useRunDoc(b) }
  const ignored = ignoredOf(search)
  const found = useCompare({ a, b, from: search.from ?? 1, ignored }, times)
  const { rows } = found
  const isWrapped = useSettings((s) => s.wrap)
  const [wrap, setWrap] = useState(isWrapped)
  const sight = useRef<Sight>(undefined)
  const isLate = useLate(!rows && !found.fault)
  const places = useMemo(() => (rows ? placesOf(rows) : []), [rows])
  const at = search.d === undefined ? undefined : Math.min(search.d, places.length) - 1
  useTitle('Compare')

  const go = (by: 1 | -1) => {
    if (places.length === 0) return
    const to = at === undefined ? (by > 0 ? 0 : places.length - 1) : at + by
    const next = (to + places.length) % places.length
    sight.current?.show(places[next]!.row)
    onSearch({ ...search, d: next + 1 })
  }
  const keys = {
    n: { does: 'Next difference', run: () => go(1) },
    N: { does: 'Previous difference', run: () => go(-1) },
    z: {
      does: 'All lines, or differences only',
      run: () => onSearch({ ...search, all: search.all ? undefined : true }),
    },
    w: { does: 'Wrap long lines', run: () => setWrap(!wrap) },
    y: {
      does: 'Copy link to this difference',
      run: async () => {
        if (await copy(location.href)) toast({ title: 'Link copied', tone: 'ok' })
      },
    },
  }
  useKeys('Compare', keys)
  const download = () => {
    if (!rows || !found.a || !found.b) return
    save(`${a}..${b}.diff`, patchOf({ a, b }, rows, found.a, found.b))
  }
  useActions('Compare', [
    { id: 'compare.swap', label: 'Swap sides', run: onSwap },
    { id: 'compare.download', label: 'Download as diff', run: download },
  ])

  return (
    <main className={css.page}>
      <PageHead
        up={{ to: '/runs', label: 'Runs' }}
        title="Compare"
        acts={
          <>
            <Button leftSection={<ArrowLeftRight size={14} aria-hidden />} onClick={onSwap}>
              Swap sides
            </Button>
            <Button
              className={css.wide}
              leftSection={<Download size={14} aria-hidden />}
              onClick={download}
              disabled={!rows}
            >
              Download as diff
            </Button>
            <ActionIcon
              className={css.narrow}
              aria-label="Download as diff"
              onClick={download}
              disabled={!rows}
            >
              <Download size={16} strokeWidth={1.75} />
            </ActionIcon>
            <CopyButton
              className={css.wide}
              text={location.href}
              icon={<LinkIcon size={14} aria-hidden />}
            >
              Copy link
            </CopyButton>
          </>
        }
      >
        <code className={css.ids}>
          {a}..{b}
        </code>
      </PageHead>
      <div className={css.heads}>
        <SideHead side="A" id={a} doc={docs.a} />
        <SideHead side="B" id={b} doc={docs.b} />
      </div>
      <Notices
        found={found}
        docs={docs}
        from={search.from ?? 1}
        onFrom={(from) => onSearch({ ...search, d: undefined, from: from > 1 ? from : undefined })}
        onAgain={() => setTimes(times + 1)}
      />
      <Toolbar
        counts={rows ? countsOf(rows) : undefined}
        isRough={rows?.isRough ?? false}
        search={search}
        onSearch={onSearch}
        onStep={go}
      />
      {found.fault ? (
        <FaultNote fault={found.fault}>
          <Button onClick={() => setTimes(times + 1)}>Try again</Button>
        </FaultNote>
      ) : null}
      {rows && found.a && found.b ? (
        <SideBySide
          rows={rows}
          a={found.a}
          b={found.b}
          ignored={ignored}
          isAll={search.all ?? false}
          isWrapped={wrap}
          place={at === undefined ? undefined : places[at]}
          places={places}
          sight={sight}
        />
      ) : (
        <div className={css.waiting} role="status" aria-busy={!found.fault}>
          {isLate && !found.fault ? (
            <>
              <p>{progressOf(found)}</p>
              {['62%', '48%', '71%', '55%'].map((width) => (
                <Skeleton key={width} width={width} />
              ))}
            </>
          ) : (
            <Hidden>{found.fault ? '' : 'Comparing'}</Hidden>
          )}
        </div>
      )}
      <Foot places={places} at={at} />
    </main>
  )
}

function progressOf({ reading, part }: { reading?: number; part?: number }): string {
  if (part !== undefined) return `Comparing, ${Math.floor(part * 100)} %`
  return reading ? `Reading, ${count(reading)} lines of at most ${count(2 * mostLines)}` : 'Reading'
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/x-diff' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
