// Work on one device: its results, the command line, its checks and properties.
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useKeys } from '@/shared/keys'
import { nameOf, useLab } from '@/shared/lab'
import { PageHead, Skeleton, useLate, useTitle } from '@/shared/parts'
import { useSocket } from '@/shared/socket'
import { useTalk } from '@/shared/talk'
import type { Bench, Device } from '@/shared/wire'
import { Blocks } from './Blocks'
import { CommandDock } from './CommandDock'
import { DeviceTabs } from './DeviceTabs'
import { chosenOf } from './device'
import { FlagBar } from './FlagBar'
import { Header } from './Header'
import { NoBench, NoDevice } from './NotThere'
import { PinnedNotes } from './PinnedNotes'
import { ReservationBar } from './reservation/ReservationBar'
import { Drawer, Side } from './Side'
import { remember } from './seen'
import { useBlocks } from './useBlocks'
import css from './workspace.module.css'

type Props = { bench: string; device: string | undefined }

export function WorkspacePage({ bench: id, device }: Props) {
  const { loaded, benches } = useLab((s) => s)
  const bench = benches.find((b) => b.id === id)
  const isLate = useLate(!loaded)
  const isThere = bench !== undefined
  const socket = useSocket()
  const talk = useTalk()
  useEffect(() => {
    if (bench) remember(bench)
  }, [bench])
  useEffect(() => (isThere ? talk.enterBench(socket, id) : undefined), [talk, socket, id, isThere])
  if (!bench) {
    return loaded ? <NoBench id={id} /> : <Loading isLate={isLate} />
  }
  const chosen = chosenOf(bench, device)
  return (
    <main className={css.page}>
      <Header bench={bench} device={chosen} />
      <FlagBar bench={bench} />
      <PinnedNotes bench={bench} />
      {chosen ? (
        <OnDevice key={`${bench.id}/${chosen.id}`} bench={bench} device={chosen} />
      ) : (
        <>
          {bench.devices?.length ? <DeviceTabs bench={bench} chosen={undefined} /> : null}
          <NoDevice bench={bench} id={device} />
        </>
      )}
    </main>
  )
}

function OnDevice({ bench, device }: { bench: Bench; device: Device }) {
  const navigate = useNavigate()
  const isWide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false })
  const [isDrawn, setDrawn] = useState(false)
  const list = useBlocks(bench.id, device.id)
  useTitle(`${nameOf(device)} on ${bench.name || bench.id}`)
  const devices = (bench.devices ?? []).slice(0, 9)
  useKeys('Workspace', {
    ...Object.fromEntries(
      devices.map((d, i) => [
        String(i + 1),
        {
          does: `Go to ${nameOf(d)}`,
          run: () =>
            navigate({ to: '/b/$bench/$device', params: { bench: bench.id, device: d.id } }),
        },
      ]),
    ),
  })
  const side = <Side bench={bench} device={device} blocks={list.blocks} />
  return (
    <>
      <ReservationBar bench={bench} device={device} />
      <DeviceTabs
        bench={bench}
        chosen={device}
        onSide={isWide ? undefined : () => setDrawn(true)}
      />
      <div className={css.columns}>
        <div className={css.work}>
          <Blocks bench={bench} device={device} list={list} />
          <CommandDock bench={bench} device={device} />
        </div>
        {isWide ? (
          <aside className={css.side} aria-label="Checks and properties">
            {side}
          </aside>
        ) : null}
      </div>
      {!isWide && isDrawn ? <Drawer onClose={() => setDrawn(false)}>{side}</Drawer> : null}
    </>
  )
}

function Loading({ isLate }: { isLate: boolean }) {
  return (
    <main className={css.page} aria-busy="true">
      {isLate ? (
        <>
          <PageHead title={<Skeleton width={240} />} />
          <div className={css.loading}>
            <Skeleton width="60%" />
            <Skeleton width="80%" />
            <Skeleton width="40%" />
          </div>
        </>
      ) : null}
    </main>
  )
}
