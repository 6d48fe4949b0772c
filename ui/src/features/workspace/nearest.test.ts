import { expect, test } from 'vitest'
import { nearest } from './nearest'

const benches = ['hil-07', 'hil-11', 'rack-b4', 'pune-ivi-4', 'audio-2']
const of = (asked: string) => nearest(asked, benches, (b) => [b])

test('a slip of the finger finds the bench that was meant', () => {
  expect(of('hil07')[0]).toBe('hil-07')
  expect(of('hil-70')).toContain('hil-07')
  expect(of('rack-b')[0]).toBe('rack-b4')
  expect(of('PUNE-IVI-4')[0]).toBe('pune-ivi-4')
})
test('what resembles nothing offers nothing', () => {
  expect(of('completely-different-name')).toEqual([])
})
test('every name of a bench counts', () => {
  const all = [{ id: 'b1', name: 'Climate chamber' }]
  expect(nearest('climate-chamber', all, (b) => [b.id, b.name])).toEqual(all)
})
