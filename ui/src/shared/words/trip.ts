// A round trip, to the relay or from it to a bench.

// < 1 ms, 14 ms, 1.2 s
export function trip(ms: number): string {
  if (ms < 1) return '< 1 ms'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

// From 80 ms one feels it while typing, from 300 ms it is in the way.
export const pace = (ms: number): 'quick' | 'slow' | 'slowest' =>
  ms < 80 ? 'quick' : ms < 300 ? 'slow' : 'slowest'
