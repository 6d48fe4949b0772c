// Documents asked over plain HTTP, and the cache of what was answered. What
// lives (benches, runs that go on, lines) comes over the socket instead.
import { QueryClient } from '@tanstack/react-query'
import { ProblemError } from '@/shared/http/api'

export { faultOf, getJSON, getText, ProblemError, postJSON, putJSON } from '@/shared/http/api'

// A refusal is an answer: only silence and 5xx are asked again.
const isWorthAnother = (e: Error) =>
  !(e instanceof ProblemError) || e.status === 0 || e.status === 429 || e.status >= 500

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always', // navigator.onLine knows nothing of a lab's network
      refetchOnWindowFocus: false,
      staleTime: 30_000,
      retry: (times, e) => times < 2 && isWorthAnother(e),
    },
    mutations: { networkMode: 'always' }, // never replayed later
  },
})
