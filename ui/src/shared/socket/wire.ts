// What carries frames between the socket and the relay: a WebSocket, an event
// stream of one's own, or one that all tabs of a browser share. None of them
// knows rooms' contents; a wire is opened once, and another after it closed.
export type Wire = {
  send(text: string): void
  // close ends it without a word to onclose.
  close(code?: number): void
  onopen: ((e: object) => void) | null
  // Messages joined by newlines.
  onmessage: ((e: { data: unknown }) => void) | null
  onclose: ((e: { code: number }) => void) | null
}

export type Via = 'websocket' | 'events'

export const lost = 1006
