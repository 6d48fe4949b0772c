package events

// member is a follower in a room. Everything in it is guarded by the mutex
// around the book.
type member struct {
	e    *Events
	room *room
	f    Follower

	asked string // the offset that it came with
	pos   offset // it has every event of the room up to here
	era   int    // of the book that pos is in
	begun bool   // asked was judged, and became pos
	sure  bool   // pos is known to be a place in this stream
	told  bool   // Live was called, and Lag not since
	gone  bool
	place int           // in the room's live; -1: elsewhere
	left  chan struct{} // closed by Leave; nil unless somebody waits for room
}

// hand gives the member the next event; false: it had no room.
func (m *member) hand(e *Event) bool {
	if !m.f.Event(e) {
		return false
	}
	m.pos.seq, m.pos.stamp = e.seq, stampOf(e.At)
	return true
}

func (m *member) gap(from, to, reason string) { m.f.Gap(from, to, reason) }

// wait puts the member among those behind.
func (r *room) wait(m *member) {
	if r.behind == nil {
		r.behind = make(map[*member]struct{})
	}
	r.behind[m] = struct{}{}
}

// begin judges the offset that a member came with, as far as memory can tell,
// and lets it catch up.
func (b *book) begin(m *member) {
	r, here := m.room, b.here(m.room)
	m.era = b.era
	o, ours := parseOffset(m.asked)
	switch {
	case m.asked == "":
		m.start(here)
	case !ours:
		m.gap(m.asked, here.String(), "this is no offset of a room's events")
		m.start(here)
	case o.generation != b.generation:
		m.gap(m.asked, here.String(), "the store of events was made anew")
		m.start(here)
	case o.seq > b.head:
		// From the future, or from a relay that is a little ahead: the store knows.
		r.wait(m)
		b.replay(r)
		return
	case !r.covers(o.seq):
		m.pos, m.begun, m.sure = o, true, o.stamp == 0
	case o.stamp != 0 && o.seq > r.from && !r.holds(o):
		m.gap(m.asked, here.String(), otherCopy)
		m.start(here)
	default:
		m.start(o)
	}
	b.catchUp(m)
}

const otherCopy = "the store of events was put back to an older copy"

// start sets where the member goes on.
func (m *member) start(at offset) { m.pos, m.begun, m.sure = at, true, true }

// holds says whether the event of this offset is in memory.
func (r *room) holds(o offset) bool {
	e := r.at(o.seq)
	return e != nil && stampOf(e.At) == o.stamp
}

// catchUp gives a member what memory holds behind its place and makes it live,
// or lets it wait for the store.
func (b *book) catchUp(m *member) {
	r := m.room
	if !m.begun || !m.sure || !r.covers(m.pos.seq) {
		r.wait(m)
		b.replay(r)
		return
	}
	delete(r.behind, m)
	for _, e := range r.recent[r.behindOf(m.pos.seq):] {
		if !m.hand(e) {
			b.stall(m)
			return
		}
	}
	m.place = len(r.live)
	r.live = append(r.live, m)
	if !m.told {
		m.told = true
		m.f.Live()
	}
}

// stall takes a member without room out of those who are served.
func (b *book) stall(m *member) {
	b.remove(m)
	if m.told {
		m.told = false
		m.f.Lag()
	}
	b.stalled(m)
}

// remove takes a member out of its room's lists.
func (b *book) remove(m *member) {
	r := m.room
	delete(r.behind, m)
	if m.place < 0 {
		return
	}
	last := r.live[len(r.live)-1]
	r.live[m.place], last.place = last, m.place
	r.live[len(r.live)-1] = nil
	r.live = r.live[:len(r.live)-1]
	m.place = -1
}
