// An address of a bench or a device that is not there: what may be meant, and
// the way to all of them.
import { Link } from '@tanstack/react-router'
import { CircleX } from 'lucide-react'
import { nameOf, useLab } from '@/shared/lab'
import { Hidden, useTitle } from '@/shared/parts'
import type { Bench, Device } from '@/shared/wire'
import { nearest } from './nearest'
import { movedTo } from './seen'
import css from './workspace.module.css'

export function NoBench({ id }: { id: string }) {
  const benches = useLab((s) => s.benches)
  const moved = benches.find((b) => b.name === id) ?? movedTo(id, benches)
  const near = nearest(id, benches, (b) => [b.id, b.name])
  const offered = moved ? [moved, ...near.filter((b) => b !== moved)] : near
  useTitle('No such bench')
  return (
    <main className={css.page}>
      <section className={css.notThere}>
        <CircleX size={20} aria-hidden />
        <h1>There is no bench {id}</h1>
        <p>
          {moved
            ? `It was probably renamed: ${moved.name || moved.id} has its devices now.`
            : 'It may have been renamed or removed, or the address has a slip in it.'}
        </p>
        {offered.length > 0 ? (
          <ul aria-label="Perhaps you mean">
            {offered.map((b) => (
              <li key={b.id}>
                <Link to="/b/$bench" params={{ bench: b.id }}>
                  {b.name || b.id}
                </Link>{' '}
                <span>{devicesOf(b)}</span>
              </li>
            ))}
          </ul>
        ) : null}
        <Link to="/">Go to all benches</Link>
      </section>
    </main>
  )
}

export function NoDevice({ bench, id }: { bench: Bench; id: string | undefined }) {
  const devices = bench.devices ?? []
  const near = nearest(id ?? '', devices, (d) => [d.id, d.serial, nameOf(d)], 1)
  const offered: Device[] = [...near, ...devices.filter((d) => !near.includes(d))]
  useTitle(bench.name || bench.id)
  return (
    <section className={css.notThere}>
      <Hidden as="span">{bench.name}</Hidden>
      <CircleX size={20} aria-hidden />
      <h2>{id ? `There is no device ${id} on ${bench.name || bench.id}` : 'No device'}</h2>
      <p>
        {devices.length > 0
          ? 'It may have been unplugged, or got another name. These are there:'
          : 'Connect one by USB, or with adb connect.'}
      </p>
      {offered.length > 0 ? (
        <ul aria-label="Devices of this bench">
          {offered.map((d) => (
            <li key={d.id}>
              <Link to="/b/$bench/$device" params={{ bench: bench.id, device: d.id }}>
                {nameOf(d)}
              </Link>{' '}
              <span>{d.serial}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <Link to="/">Go to all benches</Link>
    </section>
  )
}

const devicesOf = (bench: Bench) => (bench.devices ?? []).map(nameOf).join(', ')
