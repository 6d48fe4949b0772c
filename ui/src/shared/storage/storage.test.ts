import { afterEach, describe, expect, test, vi } from 'vitest'
import { storage, trouble } from './storage'

const text = (v: unknown) => (typeof v === 'string' ? v : undefined)

// A browser whose storage refuses with this.
function refuse(error: Error) {
  const no = () => {
    throw error
  }
  vi.stubGlobal('localStorage', { getItem: no, setItem: no, removeItem: no, key: no, length: 1 })
}

afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
  for (const key of storage.keys('')) storage.remove(key)
  trouble.setState({ trouble: '' })
})

describe('storage', () => {
  test('gives back what was written, and the fallback for what was not', () => {
    expect(storage.write('a', 'kept')).toBe(true)
    expect(storage.read('a', text, '')).toBe('kept')
    expect(storage.read('b', text, 'none')).toBe('none')
  })

  test('what does not parse gives the fallback', () => {
    localStorage.setItem('farbench.a', '{broken')
    localStorage.setItem('farbench.b', '7')
    const strict = {
      parse: (v: unknown) => {
        if (typeof v !== 'string') throw new Error('no text')
        return v
      },
    }
    expect(storage.read('a', text, 'none')).toBe('none')
    expect(storage.read('b', text, 'none')).toBe('none')
    expect(storage.read('b', strict, 'none')).toBe('none')
  })

  test.each([
    ['full', new DOMException('', 'QuotaExceededError')],
    ['disabled', new DOMException('', 'SecurityError')],
  ] as const)('%s storage falls back to memory and says so', (word, error) => {
    refuse(error)
    expect(storage.read('a', text, 'none')).toBe('none')
    expect(storage.write('a', 'held')).toBe(false)
    expect(storage.read('a', text, 'none')).toBe('held')
    expect(storage.keys('')).toEqual(['a'])
    expect(trouble.getState().trouble).toBe(word)
    storage.remove('a')
    expect(storage.read('a', text, 'none')).toBe('none')
  })

  test('another tab is heard, for the key alone', () => {
    const heard = vi.fn()
    const leave = storage.watch('a', heard)
    dispatchEvent(new StorageEvent('storage', { key: 'farbench.b' }))
    expect(heard).not.toHaveBeenCalled()
    dispatchEvent(new StorageEvent('storage', { key: 'farbench.a' }))
    leave()
    dispatchEvent(new StorageEvent('storage', { key: 'farbench.a' }))
    expect(heard).toHaveBeenCalledTimes(1)
  })
})
