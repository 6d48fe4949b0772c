import type { Expect } from '@/shared/wire'

// What is expected, in words.
export function expectation(expect: Expect): string {
  if (expect.is !== undefined) return expect.is
  if (expect.not !== undefined) return `not ${expect.not}`
  if (expect.below !== undefined) return `below ${expect.below}`
  if (expect.above !== undefined) return `above ${expect.above}`
  if (expect.matches !== undefined) return `matches ${expect.matches}`
  return 'anything'
}
