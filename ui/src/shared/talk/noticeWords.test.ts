import { expect, test } from 'vitest'
import type { Notice } from '@/shared/wire'
import { noticeWords } from './noticeWords'

const notice = (kind: string, more: Partial<Notice> = {}) =>
  ({ kind, text: 'as the relay has it', bench: 'hil-07', device: 'd1', ...more }) as Notice

test('a notice says what is the matter and leads there', () => {
  const taken = notice('taken', { who: { id: 'p', name: 'Ada' }, note: 'the release' })
  expect(noticeWords(taken, [], '/')).toMatchObject({
    title: 'Ada took over d1 on hil-07',
    text: '“the release”',
    to: '/b/hil-07/d1',
    isSeen: false,
  })
})

test('what the page shows anyway is no toast', () => {
  const yours = notice('reservation_yours')
  expect(noticeWords(yours, [], '/b/hil-07/d1').isSeen).toBe(true)
  expect(noticeWords(yours, [], '/b/hil-08/d1').isSeen).toBe(false)
  expect(noticeWords(notice('asked'), [], '/').isSeen).toBe(true) // a bar asks it everywhere
  expect(noticeWords(notice('run_finished', { run: 'r1' }), [], '/r/r1').isSeen).toBe(true)
  expect(noticeWords(notice('run_finished', { run: 'r1' }), [], '/').to).toBe('/r/r1')
})

test('a kind that this page does not know is told in the relay’s words', () => {
  expect(noticeWords(notice('of tomorrow'), [], '/').title).toBe('As the relay has it.')
})
