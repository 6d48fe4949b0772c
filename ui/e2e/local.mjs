// A farbench-local for the length of the test, where none is given.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const startsWithin = 30_000

// startLocal gives the single-use link and a function that stops the process.
export async function startLocal(program) {
  const data = mkdtempSync(join(tmpdir(), 'farbench-e2e-'))
  const child = spawn(program, ['--listen', '127.0.0.1:0', '--data', data, '--adb', 'sim'])
  let said = ''
  let log = ''
  child.stderr.on('data', (d) => {
    log = (log + d).slice(-4000)
  })
  const gone = new Promise((done) => {
    child.once('exit', done)
    child.once('error', (e) => {
      log += e.message
      done()
    })
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
  const opened = new Promise((done) => {
    child.stdout.on('data', (d) => {
      said += d
      const link = /^open (\S+)$/m.exec(said)?.[1]
      if (link) done(link)
    })
  })
  let timer
  const late = new Promise((done) => {
    timer = setTimeout(done, startsWithin)
  })
  const link = await Promise.race([opened, gone.then(() => undefined), late])
  clearTimeout(timer)
  if (link) return { link, stop }
  await stop()
  throw new Error(`farbench-local did not start:\n${log}`)
}
