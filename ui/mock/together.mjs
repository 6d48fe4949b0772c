// People of the mock relay: who is here, what they hold and wait for, what they
// said. It answers for the person of the page, mk; the others never do.
import { escapes, markup } from './hostile.mjs'

export const me = { id: 'mk', name: 'mk' }
const at = (s) => new Date(Date.now() + s * 1000).toISOString()
const person = (id, name, looks = [], tabs = 1) => ({ id, name, since: at(-900), tabs, at: looks })

const jonas = { id: 'p-jl', name: 'Jonas Lind' }
const ada = { id: 'p-ada', name: 'Ada' }
const grace = { id: 'p-grace', name: 'Grace Hopper' }
const nadia = { id: 'p-ns', name: 'Nadia' }
const evil = markup.map((name, i) => ({ id: `p-evil${i}`, name }))
const odd = { id: 'p-odd', name: escapes.join('') }

const place = (device, more) => ({ device, epoch: 3, queue: [], asks: [], ...more })
const waits = (who, ticket, more = {}) => ({
  who,
  since: at(-300),
  for_s: 3600,
  note: '',
  ticket,
  position: 1,
  ...more,
})
const held = (holder, left, more = {}) => ({ holder, since: at(-3600), until: at(left), ...more })

const note = (id, by, s, text) => ({ id, text, by, at: at(s) })

const worlds = {
  empty: () => ({ people: [person('mk', 'mk')], places: {}, messages: [], notices: [] }),
  states: () => ({
    people: [
      person('mk', 'mk'),
      person(jonas.id, jonas.name, [{ bench: 'hil-07', device: 'hu5h2446a0131' }], 2),
      person(ada.id, ada.name, [{ bench: 'hil-07', device: 'ic4c2446a0088' }]),
      person(nadia.id, nadia.name, [{ bench: 'audio-2', device: 'hu5h2446a0077' }]),
      person(grace.id, grace.name),
    ],
    notes: {
      'hil-07': [
        note('n1', jonas, -90_000, 'The CAN box needs 30 s after power on before it answers.'),
        note('n2', grace, -4000, 'Do not flash: kept on 24.46.3 for the release.'),
      ],
    },
    flags: { 'lab-3': { note: 'Swapping the display of the cluster', since: at(-600) } },
    places: {
      'hil-07': [
        place('hu5h2446a0131', held(me, 3782, { queue: [waits(jonas, 1)] })),
        place('ic4c2446a0088', held(ada, 1900, { idle_since: at(-1500) })),
      ],
      'audio-2': [
        place(
          'hu5h2446a0077',
          held(nadia, 5400, {
            reason: 'Reproducing the dropout for the release',
            queue: [waits(me, 2), waits(grace, 3, { position: 2, for_s: 1800 })],
          }),
        ),
      ],
      'cluster-01': [
        place('hu5l2440a0310', held(me, 540, { asks: [{ who: ada, since: at(-20), note: '' }] })),
      ],
      'boot-1': [place('', held(me, 9000))],
      'rack-b4': [place('', held(jonas, 7000))],
      'proto-c2': [
        place(
          'hu6a000001',
          held(grace, 2000, {
            offer: { to: me, note: 'The soak goes on until 12; leave it.', until: at(52) },
          }),
        ),
      ],
    },
    messages: [
      said('lab', nadia, -7200, 'audio-2 drops out again with 24.46.3. I keep it until noon.'),
      said('lab', jonas, -4000, 'Is anybody at the Gothenburg rack today?'),
      said('lab', jonas, -3990, 'The cluster needs its key prompt accepted.'),
      said('lab', grace, -1200, 'I am, in ten minutes.\nAnything else to look at there?'),
    ],
    bench: {
      'hil-07': [said('bench:hil-07', jonas, -600, 'I would take the HU5 after you, for the map.')],
    },
    own: [
      said('user:mk', ada, -240, 'Can you leave the log running when you go?'),
      said('user:mk', { ...nadia }, -3000, { build: '24.46.4', ok: true }),
    ],
    notices: [
      noticed(-2000, {
        kind: 'reservation_yours',
        text: 'hil-07 is yours',
        bench: 'hil-07',
        device: 'hu5h2446a0131',
        until: at(3782),
      }),
      noticed(-800, { kind: 'bench_offline', text: 'no beat for 42 min', bench: 'rack-b4' }),
      noticed(-400, {
        kind: 'run_finished',
        text: 'getprop ro.build.fingerprint exited 0',
        bench: 'hil-07',
        run: 'r-done',
      }),
    ],
  }),
  hostile: () => ({
    people: [
      person('mk', 'mk'),
      ...evil.map(({ id, name }) => person(id, name, [{ bench: 'hostile-1', device: 'evil0' }])),
      person(odd.id, odd.name, [{ bench: 'hostile-2', device: 'evil' }]),
    ],
    notes: { 'hostile-1': markup.map((text, i) => note(`n${i}`, evil[i], -60, text)) },
    flags: { 'hostile-1': { note: markup.join(' '), since: at(-60) } },
    places: {
      'hostile-1': [
        place(
          'evil0',
          held(evil[0], 3000, {
            reason: markup.join(' '),
            queue: evil.map((who, i) => waits(who, i + 1, { note: markup[i], position: i + 1 })),
          }),
        ),
        place('evil1', held(me, 3000, { asks: [{ who: odd, since: at(-5), note: markup[0] }] })),
        place('evil3', held(odd, 3000, { offer: { to: me, note: markup[1], until: at(50) } })),
      ],
    },
    messages: [...markup, ...escapes].map((text, i) =>
      said('lab', evil[i % evil.length], i - 600, text),
    ),
    own: markup.map((text, i) => said('user:mk', evil[i], i - 300, { text, [text]: text })),
    notices: markup.map((text, i) =>
      noticed(i - 200, { kind: text, text, bench: text, device: text, who: evil[i], note: text }),
    ),
  }),
}

let next = 1
function said(room, from, s, d) {
  return { o: `g1.${next++}`, room, ev: 'message', from: { conn: 'c9', ...from }, at: at(s), d }
}
function noticed(s, d) {
  return { o: `g1.${next++}`, room: 'user:mk', ev: 'notice', at: at(s), d }
}

// together is that world, with what a page can do in it. `tell` sends a frame to
// all pages in the room.
export function together(name, tell) {
  const world = worlds[name]()
  const docs = new Map(
    Object.entries(world.places).map(([bench, places]) => [bench, { bench, rev: 1, places }]),
  )
  const docOf = (bench) => {
    const doc = docs.get(bench) ?? { bench, rev: 0, places: [] }
    docs.set(bench, doc)
    return doc
  }
  const pinned = new Map(
    Object.entries(world.notes ?? {}).map(([bench, notes]) => [bench, { bench, rev: 1, notes }]),
  )
  const shown = (doc) => ({ ...doc, at: at(0) })
  const rooms = {
    lab: world.messages,
    'user:mk': world.own ?? [],
    ...Object.fromEntries(
      Object.entries(world.bench ?? {}).map(([b, list]) => [`bench:${b}`, list]),
    ),
  }

  const verbs = {
    reserve(p, d) {
      if (!p.holder) Object.assign(p, held(me, d.for_s ?? 3600, { since: at(0) }))
      else if (p.holder.id !== me.id && !p.queue.some((w) => w.who.id === me.id))
        p.queue.push(waits(me, 9, { since: at(0), position: p.queue.length + 1 }))
    },
    extend: (p, d) => Object.assign(p, { until: at(d.for_s) }),
    release(p) {
      if (p.holder?.id === me.id)
        Object.assign(p, { holder: undefined, offer: undefined, asks: [] })
      p.queue = p.queue.filter((w) => w.who.id !== me.id)
    },
    take: (p, d) => Object.assign(p, held(me, 3600, { reason: d.reason, idle_since: undefined })),
    ask: (p) => p.asks.push({ who: me, since: at(0), note: '' }),
    hand(p, d) {
      const to = world.people.find((one) => one.id === d.to)
      p.asks = p.asks.filter((a) => a.who.id !== d.to)
      p.offer = { to: { id: to.id, name: to.name }, note: d.note ?? '', until: at(60) }
    },
    answer(p, d) {
      p.offer = undefined
      if (d.accept) Object.assign(p, held(me, 3600))
    },
    refuse(p, d) {
      p.asks = p.asks.filter((a) => a.who.id !== d.who)
    },
  }

  return {
    flags: world.flags ?? {},
    lab: () => ({
      people: world.people,
      reservations: [...docs.values()].map(shown),
      messages: rooms.lab,
      notes: [...pinned.values()],
      o: `g1.${next}`,
    }),
    room: (room) => ({
      messages: rooms[room] ?? [],
      notices: room === 'user:mk' ? world.notices : undefined,
      o: `g1.${next}`,
    }),
    // refusal says why a start may not be.
    refusal(order) {
      const { places } = docOf(order.bench)
      const other = places.find(
        (p) => (!p.device || p.device === order.device) && p.holder && p.holder.id !== me.id,
      )
      if (other)
        return {
          code: 'reserved',
          message: `${other.holder.name} has it until ${other.until.slice(11, 16)}`,
          hint: 'Queue for it, or watch',
        }
      const isDangerous = /\brm\b|reboot/.test(order.command ?? order.act?.kind ?? '')
      if (world.flags?.[order.bench] && isDangerous && !order.confirmed)
        return {
          code: 'confirm_needed',
          message: 'someone is at this bench',
          hint: world.flags[order.bench].note,
        }
    },
    look(looks) {
      const own = world.people.find((p) => p.id === me.id)
      own.at = looks.bench || looks.run ? [looks] : []
      tell({ t: 'join', room: 'lab', who: own })
    },
    reservation(verb, d) {
      const doc = docOf(d.bench)
      let p = doc.places.find((one) => one.device === (d.device ?? ''))
      if (!p) {
        p = place(d.device ?? '')
        doc.places.push(p)
      }
      verbs[verb]?.(p, d)
      doc.rev++
      tell({ t: 'pub', room: 'lab', ev: 'reservations', d: shown(doc) })
      return { ...p, granted: p.holder?.id === me.id, position: 0 }
    },
    note(verb, d) {
      const doc = pinned.get(d.bench) ?? { bench: d.bench, rev: 0, notes: [] }
      const others = doc.notes.filter((n) => n.id !== d.id)
      const notes = verb === 'pin' ? [...others, note(d.id, me, 0, d.text)] : others
      const next = { ...doc, rev: doc.rev + 1, notes }
      pinned.set(d.bench, next)
      tell({ t: 'pub', room: 'lab', ev: 'note', d: next })
      return next
    },
    say(frame) {
      const room = frame.room ?? frame.to
      const event = said(room, me, 0, frame.d)
      rooms[room] = [...(rooms[room] ?? []), event]
      tell({ t: 'pub', ...event })
      return { o: event.o }
    },
  }
}
