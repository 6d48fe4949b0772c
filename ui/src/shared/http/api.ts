// What the dashboard asks over plain HTTP beside the socket: signing in, and
// documents.
import { heardDate } from '@/shared/clock'
import type { Fault, Problem, SignedIn } from '@/shared/wire'

export class ProblemError extends Error {
  readonly fault: Fault
  readonly status: number
  // The whole answer: a conflict carries the document as it is now.
  readonly body: unknown

  constructor(fault: Fault, status: number, body?: unknown) {
    super(fault.message)
    this.name = 'ProblemError'
    this.fault = fault
    this.status = status
    this.body = body
  }
}

// faultOf says what went wrong, also where it was no answer of the relay.
export const faultOf = (e: Error): Fault =>
  e instanceof ProblemError
    ? e.fault
    : { code: 'internal', message: e.message || 'It could not be read' }

export const getJSON = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await send('GET', path, undefined, signal)).json()
export const getText = async (path: string, signal?: AbortSignal): Promise<string> =>
  (await send('GET', path, undefined, signal)).text()
export const putJSON = async <T>(path: string, body: unknown): Promise<T> =>
  (await send('PUT', path, body)).json()
export const postJSON = async <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  (await send('POST', path, body, signal)).json()

// Without a name one is the tester, as everybody without one.
export const signIn = (token: string, name?: string) =>
  send('POST', '/api/v1/session', { token, name })
export const rename = (name: string) => putJSON<SignedIn>('/api/v1/session', { name })
export const makeLink = () =>
  postJSON<{ url: string; code: string; expires_at: string }>('/api/v1/link', {})
export const redeemLink = (code: string) => send('POST', '/api/v1/link/redeem', { code })
export const signOut = () => send('DELETE', '/api/v1/session')

// whyNot asks in plain HTTP what a browser hides of a WebSocket that did not
// open.
export async function whyNot(): Promise<
  'works' | { phase: 'signed-out' | 'refused'; reason: string } | undefined
> {
  try {
    await send('GET', '/api/v1/session')
    return 'works'
  } catch (e) {
    if (!(e instanceof ProblemError)) return undefined
    if (e.status === 401) return { phase: 'signed-out', reason: '' }
    if (e.status === 403 || e.status === 421) {
      return { phase: 'refused', reason: `${e.fault.message}. ${e.fault.hint ?? ''}`.trim() }
    }
  }
  return undefined
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const askedAt = Date.now()
  const response = await fetch(path, {
    method,
    signal,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((e) => {
    if (signal?.aborted) throw e
    throw new ProblemError(
      {
        code: 'not_connected',
        message: 'The relay does not answer',
        hint: 'Check the network, then try again.',
      },
      0,
    )
  })
  heardDate(response.headers.get('date'), askedAt, Date.now())
  if (!response.ok) throw await problem(response)
  return response
}

async function problem(response: Response): Promise<ProblemError> {
  const p: Partial<Problem> = await response.json().catch(() => ({}))
  const fault: Fault = {
    code: p.code ?? 'internal',
    message: p.detail || p.title || `The relay answered ${response.status}`,
    hint: p.hint,
    id: p.id,
  }
  return new ProblemError(fault, response.status, p)
}
