import { expect, test } from 'vitest'
import type { PastCommand } from '@/shared/wire'
import { ghost, marked, suggestions } from './suggest'

const past = (command: string, more: Partial<PastCommand> = {}): PastCommand => ({
  command,
  times: 1,
  last_at: '2026-11-21T10:02:00Z',
  last_run: 'r1',
  bench: 'demo',
  device: 'sim0001',
  ...more,
})
const saved = [
  { id: 'v', label: 'Version check', command: 'dumpsys package com.x | grep versionName' },
]
const found = (text: string, all = [past('dumpsys meminfo'), past('echo dumpsys'), past('ls')]) =>
  suggestions(text, all, saved).map((s) => s.command)

test('saved commands come first, then earlier ones as the relay gave them', () => {
  expect(found('')).toEqual([saved[0]!.command, 'dumpsys meminfo', 'echo dumpsys', 'ls'])
})
test('what begins with the text comes before what holds it', () => {
  expect(found('dumpsys')).toEqual([saved[0]!.command, 'dumpsys meminfo', 'echo dumpsys'])
})
test('words are looked for in any order, in labels too', () => {
  expect(found('MEM dump')).toEqual(['dumpsys meminfo'])
  expect(found('version check')).toEqual([saved[0]!.command])
})
test('a command that was saved and run stands once, with both', () => {
  const [one, ...others] = suggestions('', [past(saved[0]!.command, { times: 3 })], saved)
  expect(one).toMatchObject({ saved: 'Version check', times: 3 })
  expect(others).toEqual([])
})
test('a command of which only the beginning is kept is not offered', () => {
  expect(suggestions('', [past('echo a', { cut: true })], [])).toEqual([])
})
test('the ghost is what Tab would add', () => {
  const best = suggestions('dumpsys m', [past('dumpsys meminfo')], [])[0]
  expect(ghost('dumpsys m', best)).toBe('eminfo')
  expect(ghost('DUMP', best)).toBe('')
  expect(ghost('', best)).toBe('')
})
test('the match is marked, a script shown on one line', () => {
  expect(marked('echo a\nls', 'LS')).toEqual(['echo a ↵ ', 'ls', ''])
  expect(marked('ls', '')).toEqual(['ls', '', ''])
})
