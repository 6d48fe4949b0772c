// The HTTP side of the mock relay, as far as the dashboard asks.
const isSignedIn = (req) => (req.headers.cookie ?? '').includes('mock=1')

// answer takes a request to /api/… . `relay` holds what is known and what can
// be done: benches, runs, checks, settings, start, cancel.
export function answer(req, res, url, relay) {
  let text = ''
  req.on('data', (d) => {
    text += d
  })
  req.on('end', () => {
    const json = (status, body, type = 'application/json') => {
      res.writeHead(status, { 'content-type': type })
      res.end(JSON.stringify(body))
    }
    const problem = (status, code, detail, more = {}) =>
      json(
        status,
        { status, code, detail, title: code, hint: '', ...more },
        'application/problem+json',
      )
    const path = url.pathname.replace('/api/v1/', '')
    const body = text ? JSON.parse(text) : {}
    const on = { req, res, url, path, body, relay, json, problem }
    if (path === 'session' || path === 'link/redeem') return session(on)
    if (!isSignedIn(req)) return problem(401, 'unauthorized', 'not signed in')
    const [, id, part] = /^runs\/([^/]+)\/?(.*)$/.exec(path) ?? []
    if (id) return oneRun(on, relay.runs.get(id), part)
    const route = routes[`${req.method} ${path}`]
    return route ? route(on) : problem(404, 'not_found', 'there is no such route')
  })
}

function session({ req, res, path, body, problem }) {
  if (req.method === 'GET')
    return isSignedIn(req) ? res.end('{}') : problem(401, 'unauthorized', 'not signed in')
  if (req.method === 'DELETE') {
    res.setHeader('set-cookie', 'mock=; Max-Age=0; Path=/')
    return res.end()
  }
  if (path === 'link/redeem' ? body.code !== 'mock' : body.token !== 'mock')
    return problem(401, 'unauthorized', 'unknown')
  res.setHeader('set-cookie', 'mock=1; Path=/; HttpOnly; SameSite=Strict')
  return res.end('{}')
}

const routes = {
  'GET benches': ({ relay, json }) => json(200, { benches: relay.benches }),
  'GET runs': ({ relay, url, json }) => {
    const wanted = (name) => url.searchParams.get(name)
    const words = (run) => `${run.command} ${run.check?.label ?? ''} ${run.id}`.toLowerCase()
    const found = [...relay.runs.values()]
      .map((entry) => entry.run)
      .filter((run) =>
        ['bench', 'device', 'state', 'outcome', 'by'].every(
          (k) => !wanted(k) || run[k] === wanted(k),
        ),
      )
      .filter((run) => !wanted('text') || words(run).includes(wanted('text').toLowerCase()))
      .filter((run) => !wanted('check') || run.check?.id === wanted('check'))
      .sort((a, b) => b.created_at.localeCompare(a.created_at))
    json(200, { runs: found.slice(0, Number(wanted('limit') ?? 50)), next: '' })
  },
  'POST runs': ({ relay, body, json, problem }) => {
    const { run, fault } = relay.start(body)
    return fault ? problem(409, fault.code, fault.message, fault) : json(202, run)
  },
  'GET history': ({ relay, json }) => {
    const commands = [...relay.runs.values()].map(({ run }) => ({
      command: run.command,
      times: 1,
      last_at: run.created_at,
      last_run: run.id,
      bench: run.bench,
      device: run.device,
    }))
    json(200, { commands })
  },
  'GET checks': ({ relay, json }) => json(200, relay.checks),
  'PUT checks': ({ relay, body, json, problem }) => {
    const mistakes = body.checks
      .map((check, i) => ({
        place: `checks[${i}].pattern`,
        message: 'has no named group, for example (?<value>\\d+)',
        check,
      }))
      .filter(({ check }) => check.pattern && !/\(\?P?</.test(check.pattern))
      .map(({ place, message }) => ({ place, message }))
    if (mistakes.length)
      return problem(422, 'invalid', `${mistakes[0].place}: ${mistakes[0].message}`, { mistakes })
    if (body.revision !== relay.checks.revision)
      return problem(409, 'conflict', 'somebody saved meanwhile', { current: relay.checks })
    relay.checks = { ...body, revision: body.revision + 1 }
    return json(200, relay.checks)
  },
  'GET jobs': ({ relay, json }) => json(200, { jobs: relay.work.jobs }),
  'GET lab': ({ relay, json }) => json(200, relay.lab),
  'PUT lab': ({ relay, body, json, problem }) => {
    if (body.revision !== relay.lab.revision)
      return problem(409, 'conflict', 'saved elsewhere meanwhile', { current: relay.lab })
    relay.lab = { ...body, revision: body.revision + 1 }
    return json(200, relay.lab)
  },
  'GET settings': ({ relay, json }) => json(200, relay.settings),
  'PUT settings': ({ relay, body, json, problem }) => {
    if (body.revision !== relay.settings.revision)
      return problem(409, 'conflict', 'saved elsewhere meanwhile', { current: relay.settings })
    relay.settings = { revision: body.revision + 1, settings: body.settings }
    return json(200, relay.settings)
  },
}

function oneRun({ req, url, relay, json, problem, res }, entry, part) {
  if (!entry) return problem(404, 'not_found', 'there is no such run')
  if (part === 'cancel' && req.method === 'POST') {
    relay.cancel(entry)
    return json(202, {})
  }
  if (part === '') return json(200, entry.run)
  if (part === 'log') return log(res, url, entry)
  if (part === 'verdict' && entry.run.check) return json(200, verdict(entry))
  return problem(404, 'not_found', 'there is no such thing')
}

function log(res, url, { run, blocks }) {
  const from = Math.max(Number(url.searchParams.get('from') ?? 1), run.kept_from ?? 1)
  const to = Number(url.searchParams.get('to') ?? Number.MAX_SAFE_INTEGER)
  const isText = url.searchParams.get('format') === 'text'
  res.setHeader('content-type', isText ? 'text/plain; charset=utf-8' : 'application/x-ndjson')
  const write = (line) => res.write(`${JSON.stringify(line)}\n`)
  for (const b of blocks) {
    const last = b.first + b.count - 1
    if (last < from || b.first > to) continue
    if (b.gap) {
      if (!isText) write({ gap: { from: b.first, to: last, reason: b.gap } })
      continue
    }
    for (let n = Math.max(from, b.first); n <= Math.min(to, last); n++) {
      const i = n - b.first
      if (isText) {
        res.write(`${b.text[i]}\n`)
        continue
      }
      const stream = { o: 'out', e: 'err', s: 'sys' }[b.s[i]]
      write({
        n,
        t: new Date(b.t[0][0]).toISOString(),
        stream,
        level: names[b.l[i]],
        text: b.text[i],
      })
    }
  }
  if (!isText && run.state === 'ended')
    write({ end: { outcome: run.outcome, exit_code: run.exit_code } })
  res.end()
}

const names = {
  p: 'plain',
  k: 'ok',
  d: 'debug',
  i: 'info',
  w: 'warn',
  e: 'error',
  f: 'fatal',
  s: 'system',
}

function verdict({ run, blocks }) {
  const expected = run.check.expect.is ?? ''
  const matched = blocks[0]?.text?.[0] ?? ''
  const found = /versionName=(\S+)/.exec(matched)?.[1] ?? ''
  const from = matched.indexOf(found)
  if (run.state !== 'ended')
    return { verdict: 'pending', found: '', expected, from: 0, to: 0, reason: '' }
  if (!found)
    return { verdict: 'no_match', found: '', expected, from: 0, to: 0, reason: 'no line matches' }
  const is = found === expected ? 'pass' : 'fail'
  return {
    verdict: is,
    found,
    expected,
    line: 1,
    matched,
    from,
    to: from + found.length,
    reason: '',
  }
}
