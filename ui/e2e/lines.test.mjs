// Lines that no device should print, and some do: what steers a terminal, what
// nobody sees, what is no text at all, and a megabyte without an end.
import assert from 'node:assert/strict'
import { desk } from './harness/desk.mjs'
import { allLines, log } from './harness/log.mjs'

const { test, lab, open, calm, looks, until } = await desk()

// What the shell's printf is told, and what a person then reads.
const corpus = [
  ['\\033]0;pwned\\007after a title', 'after a title'],
  ['\\033]2;pwned\\033\\\\after another', 'after another'],
  ['\\033[2J\\033[1;1Hcleared and home', 'cleared and home'],
  ['\\033[10A\\033[999Dup and left\\033[K', 'up and left'],
  ['\\033[?1049h\\033[?25l\\033cas new', 'as new'],
  ['\\033]8;;javascript:alert(1)\\007a link\\033]8;;\\007', 'a link'],
  ['\\033]52;c;cHduZWQ=\\007the clipboard', 'the clipboard'],
  ['\\033]0;never closed', '␛]0;never closed'],
  ['back\\b\\bspace', 'back␈␈space'],
  ['over\\rwritten', 'over␍written'],
  ['a \\000 and a \\177', 'a ␀ and a ␡'],
  ['\\342\\200\\256gnp.exe\\342\\200\\254', '‹U+202E›gnp.exe‹U+202C›'],
  ['a\\342\\200\\217mark', 'a‹U+200F›mark'],
  ['zero\\342\\200\\213width\\357\\273\\277', 'zero‹U+200B›width‹U+FEFF›'],
  ['half of a pair \\355\\240\\200.', 'half of a pair \ufffd\ufffd\ufffd.'],
  ['no UTF-8 \\377\\376.', 'no UTF-8 \ufffd\ufffd.'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
]

test('what steers a terminal does nothing, and what nobody sees is a sign', async () => {
  const id = await lab.exec(
    ['# a corpus', ...corpus.map(([said]) => `printf '${said}\\n'`)].join('\n'),
  )
  const page = await open(`/r/${id}`)
  await calm(page)
  assert.deepEqual(
    await allLines(page),
    corpus.map(([, read]) => read),
  )
  assert.equal(await page.title(), 'Exited 0: # a corpus · Farbench')
  await looks(page, 'lines')
})

test('a megabyte on one line is cut where it is shown, and is there whole', async () => {
  const long = 1_000_000
  const id = await lab.exec(`head -c ${long} /dev/zero | tr '\\0' x; echo; echo the next line`)
  const page = await open(`/r/${id}`)
  await calm(page)
  await log(page).getByText('the next line').waitFor()
  const more = log(page)
    .getByText(/more characters, show all/)
    .first()
  await more.waitFor()
  await looks(page, 'long-line', { isBrief: true })

  await more.click()
  const row = log(page).getByRole('option').first()
  await until('the whole', async () => (await row.textContent()).length > 60_000)
  await looks(page, 'long-line-whole', { isBrief: true })
  // Pieces of 64 KiB on the way; one line again for whoever takes it along.
  assert.deepEqual(
    (await lab.lines(id)).map((line) => line.length),
    [long, 'the next line'.length],
  )
})
