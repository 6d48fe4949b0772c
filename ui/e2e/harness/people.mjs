// What two people see and do on a device's page, read as they would: by the
// words on it.
import { until } from './until.mjs'

export const button = (on, name) => on.getByRole('button', { name })
export const exact = (on, name) => on.getByRole('button', { name, exact: true })
export const stands = (page, how) => page.locator(`[data-stand=${how}]`).waitFor()
export const question = (page, kind) => page.locator(`[data-question=${kind}]`)
export const toast = (page) => page.getByRole('region', { name: 'Messages' })
export const panel = (page) => page.getByRole('complementary', { name: 'Messages' })

export const run = async (page, command) => {
  await page.getByRole('combobox', { name: 'Command' }).fill(command)
  await page.keyboard.press('Enter')
}

// openPanel opens the messages by the button that every page has.
export const openPanel = (page) =>
  button(page, /^Messages/)
    .first()
    .click()

// write says something in the conversation that is open.
export async function write(page, to, text) {
  const field = panel(page).getByRole('textbox', { name: `Message to ${to}` })
  await field.fill(text)
  await page.keyboard.press('Enter')
  await until('it is sent', async () => (await field.inputValue()) === '')
}

// handOver offers the device to somebody who is here, with a note.
export async function handOver(page, to, note, before = async () => undefined) {
  await button(page, 'Hand over…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(to).check()
  await dialog.getByLabel('Note').fill(note)
  await before(dialog)
  await button(dialog, `Hand over to ${to}`).click()
  await page.getByText(`Offered to ${to}`, { exact: false }).waitFor()
}
