// Bookmarked lines of runs, kept in this browser: the latest runs only.
import { useCallback, useEffect, useState } from 'react'
import { storage } from '@/shared/storage'

const key = 'bookmarks'
const keptRuns = 100
export const keptLines = 500

type Kept = [run: string, lines: number[]][] // the latest run last

const parse = (v: unknown): Kept =>
  (Array.isArray(v) ? v : []).filter(
    (one): one is [string, number[]] =>
      Array.isArray(one) &&
      typeof one[0] === 'string' &&
      Array.isArray(one[1]) &&
      one[1].every(Number.isSafeInteger),
  )

export function readBookmarks(run: string): number[] {
  return storage.read(key, parse, []).find(([id]) => id === run)?.[1] ?? []
}

export function writeBookmarks(run: string, lines: number[]): void {
  const others = storage.read(key, parse, []).filter(([id]) => id !== run)
  const own: Kept = lines.length > 0 ? [[run, lines]] : []
  storage.write(key, [...others, ...own].slice(-keptRuns))
}

export type Bookmarks = {
  lines: ReadonlySet<number>
  toggle: (line: number) => void
  clear: () => void
  next: (from: number, by: 1 | -1) => number | undefined
}

export function useBookmarks(run: string): Bookmarks {
  const [lines, setLines] = useState<ReadonlySet<number>>(() => new Set(readBookmarks(run)))
  useEffect(() => {
    const read = () => setLines(new Set(readBookmarks(run)))
    read()
    return storage.watch(key, read)
  }, [run])
  const write = useCallback(
    (changed: number[]) => {
      writeBookmarks(run, changed)
      setLines(new Set(changed))
    },
    [run],
  )
  return {
    lines,
    toggle: (line) => {
      const others = [...lines].filter((l) => l !== line)
      write(lines.has(line) ? others : [...others, line].sort((a, b) => a - b).slice(-keptLines))
    },
    clear: () => write([]),
    next: (from, by) =>
      by > 0
        ? [...lines].sort((a, b) => a - b).find((l) => l > from)
        : [...lines].sort((a, b) => b - a).find((l) => l < from),
  }
}
