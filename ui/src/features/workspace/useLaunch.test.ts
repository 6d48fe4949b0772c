import { expect, test } from 'vitest'
import { dangerOf } from './danger/danger'
import { bench, device, run } from './testing'
import { question } from './useLaunch'

const sim = device('sim0001')
const demo = bench('demo', [sim])
const ask = (command: string, going = [run('a', { command: 'logcat -b all', state: 'running' })]) =>
  question(dangerOf(command)!, command, demo, sim, going)

test('a reboot names the device, and whose runs are lost with it', () => {
  expect(ask('reboot')).toMatchObject({
    title: 'Reboot sim0001 on demo?',
    does: 'Reboot device',
    safe: 'Keep running',
  })
  expect(ask('reboot').text).toContain('The run `logcat -b all` by mk ends as lost.')
})
test('where a reboot leads is said, and that adb does not reach it there', () => {
  expect(ask('adb reboot recovery').text).toContain('comes back in recovery')
  expect(ask('adb reboot bootloader').text).toContain('does not reach it there')
  expect(ask('adb reboot `x').text).toContain('until it has booted')
})
test('what leaves the device there speaks of no run', () => {
  const asked = ask('rm -rf /data')
  expect(asked.text).not.toContain('logcat')
  expect(asked.safe).toBe('Do not run')
})
test('a command cannot end the quotes it is shown in', () => {
  expect(ask('rm -rf `x` /data').text.split('`').length).toBe(3)
})
