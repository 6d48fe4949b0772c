// What one has a device do beside commands: it is asked about, is a run like any
// other, and follows its device over a reboot.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'

const { test, lab, open, looks, until } = await desk()
const path = '/b/demo/sim0001'
const block = (page, name) => page.getByRole('article', { name, exact: true }).last()
const runs = async () => (await lab.get('/api/v1/runs?device=sim0001&limit=500')).runs
const choose = async (page, label) => {
  await page.getByRole('button', { name: 'Device', exact: true }).click()
  await page.getByRole('menuitem', { name: label, exact: true }).click()
}

test('a reboot is asked about, ends what runs as lost, and tells when the device is back', async () => {
  const going = await lab.start('echo going; sleep 600')
  const page = await open(path)
  await block(page, 'echo going; sleep 600').getByText('going', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Device', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Reboot to recovery…' }).waitFor()
  await page.getByRole('menuitem', { name: 'Reboot…', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Reboot sim0001 on demo?').waitFor()
  await dialog.getByText('ends as lost').waitFor()
  await page.keyboard.press('Enter') // the safe answer has the focus
  await dialog.waitFor({ state: 'detached' })
  assert.equal((await runs()).filter((r) => r.act).length, 0, 'nothing was sent')

  await choose(page, 'Reboot…')
  await dialog.getByRole('button', { name: 'Reboot device' }).click()
  const reboot = block(page, 'adb reboot')
  await reboot.getByText('The device reboots').or(reboot.getByText('the device reboots')).waitFor()
  await looks(page, 'acts-rebooting')
  await reboot.getByText(/new boot id/).waitFor()
  await reboot.getByText('exit 0', { exact: true }).waitFor()
  assert.equal((await lab.run(going)).outcome, 'lost')
  await looks(page, 'acts-rebooted')

  const before = (await runs()).length
  await reboot.hover()
  await reboot.getByRole('button', { name: 'Run again' }).click()
  await dialog.getByRole('button', { name: 'Reboot device' }).click()
  await until('a second reboot', async () => {
    const all = await runs()
    return all.length === before + 1 && all[0].act?.kind === 'reboot' && all[0].state === 'ended'
  })
  await reboot.getByRole('button', { name: 'More of this run' }).click()
  await page.getByRole('menuitem', { name: 'Open run' }).click()
  await page.getByRole('heading', { name: 'adb reboot' }).waitFor()
  await page.getByText(/new boot id/).waitFor()
  await looks(page, 'acts-run')
  await page.getByRole('button', { name: 'Run again' }).click()
  await dialog.getByText('Reboot sim0001 on demo again?').waitFor()
  await dialog.getByRole('button', { name: 'Keep running' }).click()
  assert.equal((await runs()).length, before + 1, 'nothing was sent')
})

test('acts are in the palette, and a wait can be cancelled', async () => {
  const page = await open('/b/demo/sim0003')
  await page.getByRole('button', { name: 'Device', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Wait until booted' }).waitFor()
  assert.equal(await page.getByRole('menuitem', { name: 'Reboot…', exact: true }).count(), 0)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('wait until')
  await page.getByRole('option', { name: /Wait until booted/ }).click()
  const wait = block(page, 'adb wait-for-boot')
  await wait.getByText(/waiting for boot; the device is unauthorized/).waitFor()
  await wait.getByRole('button', { name: 'Cancel run' }).click()
  await wait.getByText('Cancelled').waitFor()
})

test('the log is followed with its levels, over a reboot, until it is cancelled', async () => {
  const page = await open(path)
  await choose(page, 'Follow the log')
  await block(page, 'adb logcat -T 500').getByRole('link', { name: 'Open' }).click()
  await page.getByRole('heading', { name: 'adb logcat -T 500' }).waitFor()
  await lab.exec('log -t Acts -p e before the reboot')
  await page.getByText(/E Acts +: before the reboot/).waitFor()
  await lab.act({ kind: 'reboot', wait: true })
  await lab.exec('log -t Acts -p w after the reboot')
  await page.getByText(/W Acts +: after the reboot/).waitFor()
  await looks(page, 'acts-logcat')
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await page.getByText('Cancelled').first().waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const log = await lab.get(`/api/v1/runs/${id}/log`)
  for (const said of ['following the log', 'the log broke off', 'the log goes on'])
    assert.equal(log.split(`"text":"${said}`).length, 2, `it says once: ${said}`)
})
