// How a bench comes into the lab: one command on its PC.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { CopyButton, Ring } from '@/shared/parts'
import css from './empty.module.css'

const commandFor = (isSimulated: boolean) => {
  const id = isSimulated ? 'sim-1' : 'my-bench'
  const adb = isSimulated ? ' FARBENCH_ADB=sim' : ''
  const broker = `tls://${location.hostname}:4222`
  return `FARBENCH_BENCH=${id}${adb} FARBENCH_NATS_URL=${broker} FARBENCH_NATS_USER=${id} FARBENCH_NATS_PASSWORD=… farbench-agent run`
}

export function AddBench() {
  const [isSimulated, setSimulated] = useState(false)
  const command = commandFor(isSimulated)
  return (
    <>
      <p>
        {isSimulated
          ? 'Run this on any PC: three simulated devices answer like real ones.'
          : 'Run this on the bench PC. The agent connects outward, so nothing on the bench has to be opened.'}
      </p>
      <div className={css.copyLine}>
        <code>{command}</code>
        <CopyButton text={command} variant="filled">
          Copy command
        </CopyButton>
      </div>
      <p>The id and the password are those of the bench’s account at the broker.</p>
      <p className={css.waiting}>
        <Ring /> Waiting for the bench’s first beat.
      </p>
      <Button variant="subtle" color="gray" onClick={() => setSimulated(!isSimulated)}>
        {isSimulated ? 'Add a real bench' : 'Try a simulated bench'}
      </Button>
    </>
  )
}
