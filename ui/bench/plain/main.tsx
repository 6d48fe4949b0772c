// The plain way to show a log, which ours is held against in the same run: a
// socket on the page, an array of lines, a virtual list, drawn once a frame.
// Escapes are read by our own parser, when a row is drawn.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { spans } from '@/shared/log/ansi'
import './plain.css'

type Line = { n: number; at: number; level: string; text: string }
const lines: Line[] = []
const palette = ['#000', '#a00', '#070', '#950', '#00a', '#a0a', '#077', '#555']

function listen(came: () => void) {
  const ws = new WebSocket(`ws://${location.host}/ws`)
  ws.onopen = () => {
    ws.send('{"t":"hello","v":1}')
    ws.send('{"t":"sub","i":1,"room":"run:flood"}')
  }
  ws.onmessage = (e) => {
    const { ev, d } = JSON.parse(e.data)
    if (ev !== 'block') return
    for (let i = 0; i < d.count; i++)
      lines.push({ n: d.first + i, at: d.t[0][0], level: d.l[i], text: d.text[i] })
    came()
  }
}

function Log() {
  const scroller = useRef<HTMLDivElement>(null)
  const [, draw] = useReducer((n: number) => n + 1, 0)
  const [cursor, setCursor] = useState<number>()
  const [found, setFound] = useState<number>()
  const isFollowing = useRef(true)
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 10,
  })
  useEffect(() => {
    let isAsked = false
    listen(() => {
      if (isAsked) return
      isAsked = true
      requestAnimationFrame(() => {
        isAsked = false
        draw()
      })
    })
  }, [])
  useLayoutEffect(() => {
    if (isFollowing.current && lines.length > 0) list.scrollToIndex(lines.length - 1)
  })
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.target instanceof HTMLInputElement) return
      if (e.key === 'End') {
        isFollowing.current = true
        setCursor(undefined)
        return
      }
      const by = { j: 1, k: -1 }[e.key]
      if (!by) return
      isFollowing.current = false
      const shown = Math.floor((scroller.current?.scrollTop ?? 0) / 20) + 4
      setCursor((before) => (before ?? shown) + by)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const search = (text: string) => {
    if (!text) return setFound(undefined)
    let n = 0
    for (const line of lines) if (line.text.toLowerCase().includes(text)) n++
    setFound(n)
  }
  return (
    <>
      <header>
        <input
          aria-label="Search this log"
          onChange={(e) => search(e.currentTarget.value.toLowerCase())}
        />
        <span role="status">{found?.toLocaleString('en')}</span> of {lines.length} lines
      </header>
      <div ref={scroller} className="log" role="listbox" aria-label="Log lines" tabIndex={0}>
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          {list.getVirtualItems().map(({ key, index, start }) => (
            <Row key={key} line={lines[index]!} top={start} isCursor={cursor === index} />
          ))}
        </div>
      </div>
    </>
  )
}

function Row({ line, top, isCursor }: { line: Line; top: number; isCursor: boolean }) {
  return (
    <div
      className="row"
      data-n={line.n}
      data-cursor={isCursor || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span>{line.n}</span>
      <span>{line.level.toUpperCase()}</span>
      <span>{new Date(line.at).toISOString().slice(11, 23)}</span>
      <span>
        {spans(line.text).map(({ text, face }, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line never move
            key={i}
            style={
              face && {
                color: face.fg === undefined ? undefined : palette[face.fg],
                fontWeight: face.bold ? 700 : undefined,
                opacity: face.dim ? 0.7 : undefined,
              }
            }
          >
            {text}
          </span>
        ))}
      </span>
    </div>
  )
}

createRoot(document.getElementById('root')!).render(<Log />)
