// The programs that a test file stands on, for its length: a farbench-local on a
// data directory of its own, or the mock that shows every state at once.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const startsWithin = 60_000
const built = fileURLToPath(new URL('../../../bin/farbench-local', import.meta.url))
const mockProgram = fileURLToPath(new URL('../../mock/relay.mjs', import.meta.url))

// missingLocal says how to get the program where there is none.
export function missingLocal() {
  const program = resolve(process.env.FARBENCH_LOCAL ?? built)
  return existsSync(program)
    ? undefined
    : `no ${program}: build it (make build), or name it in FARBENCH_LOCAL`
}

// startLocal gives the single-use link, its origin, the token, and stop().
export async function startLocal() {
  const program = resolve(process.env.FARBENCH_LOCAL ?? built)
  const dir = mkdtempSync(join(tmpdir(), 'farbench-e2e-'))
  const data = join(dir, 'data')
  const env = { ...process.env, XDG_STATE_HOME: dir }
  const args = ['--listen', '127.0.0.1:0', '--data', data, '--adb', 'sim']
  const { link, stop, said } = await start(program, args, env)
  return {
    link,
    url: new URL(link).origin,
    token: readFileSync(join(data, 'token'), 'utf8').trim(),
    said,
    // flag is what somebody at the bench types: flag('on', '--note', '…').
    flag: (...words) =>
      promisify(execFile)(join(dirname(program), 'farbench-agent'), ['flag', ...words], {
        env: { ...env, FARBENCH_DATA: join(data, 'agent') },
      }),
    stop: async () => {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

// standing are relays that somebody else started and ends (relay/e2e/browser):
// two on one broker, an address before both that leads to the first that lives,
// and what lies beside them. They are tests of their own: without them, none.
export function standing() {
  const { FARBENCH_ONE, FARBENCH_TWO, FARBENCH_FRONT, FARBENCH_TOKEN: token } = process.env
  if (!FARBENCH_FRONT || !token) return undefined
  const relay = (url) => ({ url, token, stop: async () => undefined })
  return { one: relay(FARBENCH_ONE), two: relay(FARBENCH_TWO), front: relay(FARBENCH_FRONT) }
}

// startMock takes one of the mock's worlds. restart brings it back on the same
// port under other settings, as a relay that was renewed would come back.
export async function startMock(world) {
  const run = (port, settings) =>
    start(process.execPath, [mockProgram, port, world], { ...process.env, ...settings })
  let now = await run('0', {})
  const { link } = now
  const { origin: url, port } = new URL(link)
  return {
    link,
    url,
    token: 'mock',
    stop: () => now.stop(),
    restart: async (settings) => {
      await now.stop()
      now = await run(port, settings)
    },
  }
}

// start waits for the line `open URL`. said() is the end of what the program
// wrote to stderr.
async function start(program, args, env) {
  const child = spawn(program, args, { env })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill) // a test file that dies leaves nothing behind
  let log = ''
  child.stderr.on('data', (d) => {
    log = (log + d).slice(-20_000)
  })
  const gone = new Promise((done) => {
    child.once('exit', done)
    child.once('error', (e) => {
      log += e.message
      done()
    })
  })
  const stop = async () => {
    process.off('exit', kill)
    child.kill('SIGTERM')
    const timer = setTimeout(kill, 15_000)
    await gone
    clearTimeout(timer)
  }
  let out = ''
  const opened = new Promise((done) => {
    child.stdout.on('data', (d) => {
      out = (out + d).slice(-20_000)
      const link = /^open (\S+)$/m.exec(out)?.[1]
      if (link) done(link)
    })
  })
  let timer
  const late = new Promise((done) => {
    timer = setTimeout(done, startsWithin)
  })
  const link = await Promise.race([opened, gone.then(() => undefined), late])
  clearTimeout(timer)
  if (link) return { link, stop, said: () => log }
  await stop()
  throw new Error(`${program} did not start:\n${log}`)
}
