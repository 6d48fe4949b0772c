// A single-use link: its code stands in the fragment, which no server sees.
// It leaves the address before it is redeemed, so that it stays in no history.
import { ProblemError, redeemLink } from '@/shared/http/api'
import type { Fault } from '@/shared/wire'

export async function redeemFromAddress(): Promise<Fault | undefined> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (!code) return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  try {
    await redeemLink(code)
    return undefined
  } catch (e) {
    if (!(e instanceof ProblemError)) throw e
    return e.fault
  }
}
