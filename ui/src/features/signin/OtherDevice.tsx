// A link that signs another device in as the same person: to copy, or to scan.
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { encode } from 'uqr'
import { faultOf, makeLink } from '@/shared/http/api'
import { CopyButton, Dialog, FaultNote } from '@/shared/parts'
import type { Fault } from '@/shared/wire'
import css from './signin.module.css'

type Made = { url: string } | { fault: Fault }

export function OtherDevice({ name, onClose }: { name: string; onClose: () => void }) {
  const [made, setMade] = useState<Made>()
  const [times, setTimes] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again, another link
  useEffect(() => {
    let isGone = false
    setMade(undefined)
    makeLink().then(
      ({ url }) => isGone || setMade({ url }),
      (e) => isGone || setMade({ fault: faultOf(e) }),
    )
    return () => {
      isGone = true
    }
  }, [times])
  return (
    <Dialog className={css.dialog} aria-labelledby="other-device" onClose={onClose}>
      <h2 id="other-device">Use another device</h2>
      <p>
        This link signs another device in as <bdi>{name}</bdi>. It works once, for 10 minutes.
        {isLoopback(location.hostname) ? ' Its address is this PC’s own: no other reaches it.' : ''}
      </p>
      <div className={css.link} aria-busy={!made}>
        {made && 'url' in made ? (
          <>
            <Code text={made.url} />
            <code>{made.url}</code>
          </>
        ) : null}
        {made && 'fault' in made ? <FaultNote fault={made.fault} /> : null}
      </div>
      <div className={css.foot}>
        <Button size="md" variant="subtle" color="gray" onClick={() => setTimes((n) => n + 1)}>
          New link
        </Button>
        {made && 'url' in made ? (
          <CopyButton size="md" text={made.url}>
            Copy link
          </CopyButton>
        ) : null}
        <Button size="md" variant="filled" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

const isLoopback = (host: string) => /^(localhost|127\..*|\[::1\])$/.test(host)

// Dark on light in either scheme: scanners want it so.
function Code({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 })
  const path = data
    .flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : '')))
    .join('')
  return (
    <svg
      className={css.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The link as a code to scan"
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  )
}
