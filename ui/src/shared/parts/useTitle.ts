import { useEffect } from 'react'

// What the browser's tab says. Commands and names stand in it: what steers a
// terminal or turns the direction of writing round would reach beyond the page.
export function useTitle(title: string): void {
  useEffect(() => {
    const safe = title.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').slice(0, 200)
    document.title = safe ? `${safe} · Farbench` : 'Farbench'
  }, [title])
}
