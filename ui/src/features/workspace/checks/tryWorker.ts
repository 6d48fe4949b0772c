// A pattern is tried beside the page: one that explodes is ended there.
import type { Expect } from '@/shared/wire'
import { tryOn } from './tryout'

self.onmessage = (e: MessageEvent<{ pattern: string; expect: Expect; text: string }>) => {
  const { pattern, expect, text } = e.data
  self.postMessage(tryOn(pattern, expect, text))
}
