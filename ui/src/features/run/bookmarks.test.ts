import { act, renderHook } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { keptLines, readBookmarks, useBookmarks, writeBookmarks } from './bookmarks'

beforeEach(() => localStorage.clear())

describe('bookmarks', () => {
  it('survive the page, a run apart from another', () => {
    const { result } = renderHook(() => useBookmarks('r1'))
    act(() => result.current.toggle(12))
    act(() => result.current.toggle(3))
    expect(readBookmarks('r1')).toEqual([3, 12])
    expect(renderHook(() => useBookmarks('r1')).result.current.lines).toEqual(new Set([3, 12]))
    expect(readBookmarks('r2')).toEqual([])
    act(() => result.current.toggle(12))
    expect(readBookmarks('r1')).toEqual([3])
    act(() => result.current.clear())
    expect(readBookmarks('r1')).toEqual([])
  })

  it('are stepped through in both directions', () => {
    writeBookmarks('r1', [3, 12, 40])
    const { result } = renderHook(() => useBookmarks('r1'))
    expect(result.current.next(3, 1)).toBe(12)
    expect(result.current.next(12, -1)).toBe(3)
    expect(result.current.next(40, 1)).toBeUndefined()
  })

  it('are bounded, and what is no bookmark is passed over', () => {
    for (let i = 0; i < 150; i++) writeBookmarks(`run${i}`, [1])
    expect(readBookmarks('run0')).toEqual([])
    expect(readBookmarks('run149')).toEqual([1])
    writeBookmarks(
      'r',
      Array.from({ length: keptLines }, (_, i) => i + 1),
    )
    const { result } = renderHook(() => useBookmarks('r'))
    act(() => result.current.toggle(9999))
    expect(result.current.lines.size).toBe(keptLines)
    localStorage.setItem('farbench.bookmarks', '{"r":"x"}')
    expect(readBookmarks('r')).toEqual([])
    localStorage.setItem('farbench.bookmarks', '[["r",["<b>"]],["s",[4]]]')
    expect(readBookmarks('s')).toEqual([4])
  })
})
