import { ActionIcon, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Download, Ellipsis, Filter, Link as LinkIcon, Monitor, RotateCw } from 'lucide-react'
import type { Run } from '@/shared/wire'
import type { RunsSearch } from './search'
import type { Acts } from './useActsOnRuns'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

type Props = { run: Run; acts: Acts; onFilter: (change: Partial<RunsSearch>) => void }

export function RunMenu({ run, acts, onFilter }: Props) {
  const log = `/api/v1/runs/${run.id}/log`
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon size={24} aria-label={`More for run ${run.id}`}>
          <Ellipsis size={14} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<RotateCw {...icon} />} onClick={() => acts.runAgain([run])}>
          Run again
        </Menu.Item>
        <Menu.Item
          component={Link}
          {...({
            to: '/b/$bench/$device',
            params: { bench: run.bench, device: run.device },
          } as object)}
          leftSection={<Monitor {...icon} />}
        >
          Open {run.device}
        </Menu.Item>
        <Menu.Item leftSection={<LinkIcon {...icon} />} onClick={() => acts.copyLink(run)}>
          Copy link
        </Menu.Item>
        <Menu.Item
          component="a"
          href={`${log}?format=text`}
          download={`${run.id}.txt`}
          leftSection={<Download {...icon} />}
        >
          Download as text
        </Menu.Item>
        <Menu.Item
          component="a"
          href={log}
          download={`${run.id}.ndjson`}
          leftSection={<Download {...icon} />}
        >
          Download as NDJSON
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<Filter {...icon} />}
          onClick={() => onFilter({ bench: run.bench, device: run.device })}
        >
          Only {run.device}
        </Menu.Item>
        {run.by ? (
          <Menu.Item leftSection={<Filter {...icon} />} onClick={() => onFilter({ by: run.by })}>
            Only by {run.by}
          </Menu.Item>
        ) : null}
        {run.check ? (
          <Menu.Item
            leftSection={<Filter {...icon} />}
            onClick={() => onFilter({ check: run.check?.id })}
          >
            Only {run.check.label}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}
