import { expect, it } from 'vitest'
import { place } from './fault'

const wrong = (source: string) => {
  try {
    new RegExp(source)
  } catch (e) {
    return place(source, e)
  }
  return ''
}

it.each([
  ['(getRoot', 'Missing “)” for a “(”, at character 1'],
  ['a)b', 'A “)” without its “(”, at character 2'],
  ['x[a-', 'Missing “]” for a “[”, at character 2'],
  ['*a', 'Nothing to repeat, at character 1'],
  ['ab\\', 'A “\\” with nothing after it, at character 3'],
])('says what is wrong with %s, and where', (source, said) => {
  expect(wrong(source)).toBe(said)
})
