import { expect, test } from 'vitest'
import { lookedAt } from './useLook'

test('an address says what a tab looks at', () => {
  expect(lookedAt('/b/hil-07')).toEqual({ bench: 'hil-07' })
  expect(lookedAt('/b/hil-07/sim0001')).toEqual({ bench: 'hil-07', device: 'sim0001' })
  expect(lookedAt('/r/r123')).toEqual({ run: 'r123' })
  expect(lookedAt('/r/a..b')).toEqual({})
  expect(lookedAt('/')).toEqual({})
  expect(lookedAt('/b/%E0%A4%A')).toEqual({ bench: '%E0%A4%A' })
})
