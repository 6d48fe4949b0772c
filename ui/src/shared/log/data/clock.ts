const two = (n: number) => String(n).padStart(2, '0')

// 10:13:58.204, in the reader's own zone.
export function clock(at: number): string {
  const d = new Date(at)
  const ms = String(d.getMilliseconds()).padStart(3, '0')
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${ms}`
}
