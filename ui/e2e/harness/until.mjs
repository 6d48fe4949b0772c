// Everything here waits on conditions: no test sleeps for a time that a slower
// machine would need longer for.
const within = 30_000

// until asks again and again, and gives the first answer that holds. What it
// asks may fail meanwhile: the page may be on its way somewhere else.
export async function until(what, holds, ms = within) {
  const deadline = performance.now() + ms
  let failed
  for (;;) {
    try {
      const answer = await holds()
      if (answer) return answer
      failed = undefined
    } catch (e) {
      failed = e
    }
    if (performance.now() > deadline) {
      const why = failed ? `: ${failed.message}` : ''
      throw new Error(`waited ${ms / 1000} s for ${what}${why}`)
    }
    await new Promise((done) => setTimeout(done, 40))
  }
}
