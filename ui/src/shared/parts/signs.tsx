// States as a shape and a word, never a colour alone.
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleQuestionMark,
  CircleSlash,
  CircleX,
  TimerOff,
  Triangle,
  Unplug,
} from 'lucide-react'
import type { Run } from '@/shared/wire'
import css from './parts.module.css'

export type Tone = 'quiet' | 'accent' | 'ok' | 'warn' | 'danger'

const stroke = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

export const Ring = () => <span className={css.ring} aria-hidden="true" />

export type Sign = { word: string; tone: Tone; icon: React.ReactNode }

export function runSign(run: Pick<Run, 'state' | 'outcome' | 'exit_code'>): Sign {
  switch (run.state) {
    case 'claimed':
      return { word: 'Claimed', tone: 'quiet', icon: <CircleDashed {...stroke} /> }
    case 'accepted':
      return { word: 'Accepted', tone: 'accent', icon: <CircleDot {...stroke} /> }
    case 'running':
      return { word: 'Running', tone: 'accent', icon: <Ring /> }
    case 'unknown':
      return { word: 'Unknown', tone: 'warn', icon: <CircleQuestionMark {...stroke} /> }
  }
  switch (run.outcome) {
    case 'exited':
      return run.exit_code === 0
        ? { word: 'Exited 0', tone: 'ok', icon: <CircleCheck {...stroke} /> }
        : { word: `Exited ${run.exit_code}`, tone: 'danger', icon: <CircleX {...stroke} /> }
    case 'timed_out':
      return { word: 'Timed out', tone: 'warn', icon: <TimerOff {...stroke} /> }
    case 'cancelled':
      return { word: 'Cancelled', tone: 'quiet', icon: <CircleSlash {...stroke} /> }
    case 'lost':
      return { word: 'Lost', tone: 'danger', icon: <Unplug {...stroke} /> }
    case 'refused':
      return { word: 'Refused', tone: 'quiet', icon: <Ban {...stroke} /> }
    default:
      return { word: 'Unknown', tone: 'warn', icon: <CircleQuestionMark {...stroke} /> }
  }
}

export function RunTag({ run }: { run: Run }) {
  const { word, tone, icon } = runSign(run)
  return (
    <span className={`${css.sign} ${css.tag} ${css[tone]}`} role="status">
      {icon}
      {word}
    </span>
  )
}

// RunIcon is for places where a word does not fit: it is read aloud.
export const RunIcon = ({ run }: { run: Run }) => <SignIcon sign={runSign(run)} />

export function SignIcon({ sign: { word, tone, icon } }: { sign: Sign }) {
  return (
    <span className={`${css.column} ${css[tone]}`} role="img" aria-label={word}>
      {icon}
    </span>
  )
}

export type BenchMood = 'online' | 'running' | 'attention' | 'offline'

const moods: Record<BenchMood, { word: string; tone: Tone; shape: React.ReactNode }> = {
  online: { word: 'Online', tone: 'ok', shape: <span className={css.dot} /> },
  running: {
    word: 'Running',
    tone: 'accent',
    shape: <span className={`${css.dot} ${css.halo}`} />,
  },
  attention: {
    word: 'Needs attention',
    tone: 'warn',
    shape: <Triangle size={12} fill="currentColor" aria-hidden="true" />,
  },
  offline: { word: 'Offline', tone: 'quiet', shape: <span className={css.hollow} /> },
}

export function BenchSign({ mood }: { mood: BenchMood }) {
  const { word, tone, shape } = moods[mood]
  return (
    <span className={`${css.column} ${css[tone]}`} role="img" aria-label={word}>
      {shape}
    </span>
  )
}
