import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { readDraft, useDraft, writeDraft } from './drafts'

afterEach(() => {
  cleanup()
  localStorage.clear()
})

test('what was typed is there after the field went and came back', () => {
  const first = renderHook(() => useDraft('hil-07/hu5'))
  expect(first.result.current[0]).toBe('')
  act(() => first.result.current[1]('getprop'))
  expect(first.result.current[0]).toBe('getprop')
  first.unmount()
  expect(renderHook(() => useDraft('hil-07/hu5')).result.current[0]).toBe('getprop')
})

test('a page that is left in the middle of typing keeps it', () => {
  const { result } = renderHook(() => useDraft('a'))
  act(() => result.current[1]('half'))
  dispatchEvent(new Event('pagehide'))
  expect(readDraft('a')).toBe('half')
})

test('each field has its own', () => {
  const { result, rerender } = renderHook(({ key }) => useDraft(key), {
    initialProps: { key: 'a' },
  })
  act(() => result.current[1]('for a'))
  rerender({ key: 'b' })
  expect(result.current[0]).toBe('')
  act(() => result.current[1]('for b'))
  rerender({ key: 'a' })
  expect(result.current[0]).toBe('for a')
})

test('what was sent is forgotten, and old drafts are too', () => {
  const { result } = renderHook(() => useDraft('a'))
  act(() => result.current[1]('sent'))
  act(() => result.current[1](''))
  expect(localStorage.length).toBe(0)
  for (let i = 0; i < 60; i++) writeDraft(`n${i}`, 'text')
  expect(localStorage.length).toBe(50)
})
