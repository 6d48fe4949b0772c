// The log on a page, read as a person would: by scrolling.
export const log = (page) => page.getByRole('listbox', { name: 'Log lines' }).first()

// newest is the highest line that the log shows now.
export const newest = (page) =>
  log(page).evaluate((scroller) =>
    Math.max(
      0,
      ...[...scroller.querySelectorAll('[data-n]:not([hidden])')].map((row) => +row.dataset.n),
    ),
  )

// allRows scrolls through the log and returns every line as it is shown.
export async function allRows(page) {
  return log(page).evaluate(async (scroller) => {
    const frame = () =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const rows = new Map()
    // Lines come from the worker: a row without its number shows … and waits for them.
    const isDrawn = () =>
      ![...scroller.querySelectorAll('[role=option]:not([hidden])')].some(
        (r) => r.textContent === '…',
      )
    const drawn = async () => {
      for (let i = 0; i < 600; i++) {
        await frame()
        if (isDrawn()) return
      }
      throw new Error('rows stay empty')
    }
    scroller.scrollTop = 0
    for (;;) {
      await drawn()
      for (const row of scroller.querySelectorAll('[data-n]:not([hidden])')) {
        const text = row.lastElementChild
        rows.set(Number(row.dataset.n), {
          text: text.textContent,
          isColoured: text.querySelector('[style*="color"]') !== null,
        })
      }
      const end = scroller.scrollHeight - scroller.clientHeight
      if (scroller.scrollTop >= end - 1) break
      scroller.scrollTop = Math.min(end, scroller.scrollTop + scroller.clientHeight - 40)
    }
    return [...rows].map(([n, row]) => ({ n, ...row })).sort((a, b) => a.n - b.n)
  })
}

export const allLines = async (page) => (await allRows(page)).map((row) => row.text)
