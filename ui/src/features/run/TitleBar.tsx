import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  ChevronDown,
  ChevronLeft,
  Download,
  Ellipsis,
  Link as LinkIcon,
  RotateCw,
  Search,
  Square,
} from 'lucide-react'
import { useState } from 'react'
import { goesOn } from '@/shared/lab'
import { CopyButton, FaultNote, PageHead, RunTag, Skeleton, useNow } from '@/shared/parts'
import { useConnection } from '@/shared/socket'
import type { Run } from '@/shared/wire'
import { elapsed } from '@/shared/words'
import { Command, CommandToggle, isMore, wordOf } from './Command'
import { Compare, Others } from './Compare'
import css from './run.module.css'
import { type Acts, copyLink } from './useActs'

type Props = {
  id: string
  run: Run | undefined
  isLate: boolean
  link: string
  acts: Acts
  isPhone: boolean
  onSearch: () => void
}

export function TitleBar({ id, run, isLate, link, acts, isPhone, onSearch }: Props) {
  const [isOpen, setOpen] = useState(false) // the whole command is shown
  const isConnected = useConnection((c) => c.phase === 'connected')
  const isOn = run !== undefined && goesOn(run)
  const name = run?.check?.label ?? run?.command.trim().split('\n')[0]
  const title = name ?? (isLate ? '' : id)
  const tag = run ? <RunTag run={run} /> : isLate ? <Skeleton width={80} /> : null
  const again = run ? (
    <Button
      variant={isOn ? 'default' : 'filled'}
      leftSection={<RotateCw size={14} aria-hidden />}
      disabled={acts.isBusy || !isConnected}
      onClick={acts.again}
    >
      Run again
    </Button>
  ) : null
  const cancel = isOn ? (
    <Button
      className={css.danger}
      leftSection={<Square size={14} aria-hidden />}
      disabled={acts.isCancelling || !isConnected}
      onClick={acts.cancel}
    >
      {acts.isCancelling ? 'Cancelling' : 'Cancel run'}
    </Button>
  ) : null
  return (
    <>
      {isPhone ? (
        <header className={css.phone}>
          <div className={css.top}>
            <Back run={run} />
            <h1 title={run?.command}>{title}</h1>
            <ActionIcon size={44} aria-label="Search this log" onClick={onSearch}>
              <Search size={20} />
            </ActionIcon>
            {run ? (
              <More run={run} link={link} acts={acts} isOpen={isOpen} onOpen={setOpen} />
            ) : null}
          </div>
          <div className={css.top}>
            {tag}
            {run && isOn ? <Elapsed run={run} /> : null}
            <span className={css.place}>{run ? `${run.device} on ${run.bench}` : ''}</span>
            <span className={css.space} />
            {cancel ?? again}
          </div>
        </header>
      ) : (
        <PageHead
          up={run ? upTo(run) : { to: '/', label: 'Benches' }}
          sign={tag}
          title={title}
          hint={run?.command}
          className={css.title}
          acts={
            <>
              {cancel}
              {again}
              {run ? <Compare run={run} /> : null}
              {run ? <Downloads acts={acts} /> : null}
              <CopyButton text={link} icon={<LinkIcon size={14} aria-hidden />}>
                Copy link
              </CopyButton>
            </>
          }
        >
          {run && isMore(run) ? <CommandToggle run={run} isOpen={isOpen} onOpen={setOpen} /> : null}
        </PageHead>
      )}
      {run && isOpen ? <Command run={run} /> : null}
      {acts.fault ? <FaultNote fault={acts.fault} /> : null}
    </>
  )
}

const upTo = ({ bench, device }: Run) =>
  ({ to: '/b/$bench/$device', params: { bench, device }, label: bench }) as const

// Where one most likely came from: the device that the run was on.
function Back({ run }: { run: Run | undefined }) {
  const icon = <ChevronLeft size={20} aria-hidden />
  if (!run)
    return (
      <Link to="/" className={css.back} aria-label="To the benches">
        {icon}
      </Link>
    )
  const { bench, device } = run
  return (
    <Link
      to="/b/$bench/$device"
      params={{ bench, device }}
      className={css.back}
      aria-label={`To ${device} on ${bench}`}
    >
      {icon}
    </Link>
  )
}

function Downloads({ acts }: { acts: Acts }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<Download size={14} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
        >
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <DownloadItems acts={acts} />
      </Menu.Dropdown>
    </Menu>
  )
}

function DownloadItems({ acts }: { acts: Acts }) {
  return (
    <>
      <Menu.Item onClick={() => acts.download('text')}>Text</Menu.Item>
      <Menu.Item onClick={() => acts.download('ndjson')}>NDJSON, with levels and times</Menu.Item>
      <Menu.Item onClick={() => acts.download('html')}>Coloured HTML</Menu.Item>
    </>
  )
}

// How long it has been running, as far as is known.
function Elapsed({ run }: { run: Run }) {
  const asOf = useConnection((c) => c.asOf)
  const now = useNow(asOf === undefined)
  if (!run.started_at) return null
  return <span className={css.elapsed}>{elapsed((asOf ?? now) - Date.parse(run.started_at))}</span>
}

type MoreProps = {
  run: Run
  link: string
  acts: Acts
  isOpen: boolean
  onOpen: (isOpen: boolean) => void
}

function More({ run, link, acts, isOpen, onOpen }: MoreProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={44} aria-label="More">
          <Ellipsis size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={css.scrolls}>
        {goesOn(run) ? <Menu.Item onClick={acts.again}>Run again</Menu.Item> : null}
        <Menu.Item onClick={() => void copyLink(link, 'Link')}>Copy link</Menu.Item>
        <Menu.Item onClick={() => onOpen(!isOpen)}>
          {isOpen ? 'Hide' : 'Show'} the whole {wordOf(run)}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Download</Menu.Label>
        <DownloadItems acts={acts} />
        <Menu.Divider />
        <Others run={run} isAsked />
      </Menu.Dropdown>
    </Menu>
  )
}
