package events

import (
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// How much of the newest events a relay remembers, of all rooms together, and
// what an event counts beside its data.
const (
	memory   = 16 << 20
	overhead = 400
)

// book is what a relay remembers of the stream, and who follows which room. It
// is pure: events and followers in, calls of followers out. Its caller holds
// one mutex around it all, so each follower is called by one at a time.
type book struct {
	generation string
	head       uint64 // every event up to it has been taken
	floor      uint64 // a room that the book does not know had no event behind it
	whole      bool   // the memory began with the stream's first event, and no room was forgotten
	rooms      map[string]*room
	order      []*Event // what is remembered, the oldest first
	bytes      int
	bound      int // of bytes

	era  int    // how often the book was reset
	anew offset // where everybody went on then
	why  string

	stalled func(*member)    // a follower has no room: wait for it beside
	replay  func(room *room) // somebody in the room is behind what is remembered
}

// room is a room's memory and its followers.
type room struct {
	name    string
	from    uint64    // recent holds every event of the room behind it
	recent  []*Event  // the oldest first
	live    []*member // have every event up to the head
	behind  map[*member]struct{}
	passing bool // the store is being read for those behind
	last    lists
}

func newBook() *book { return &book{rooms: make(map[string]*room), bound: memory} }

// open begins a book at the stream's sequence first.
func (b *book) open(generation string, first uint64, whole bool) {
	b.generation, b.head, b.floor, b.whole = generation, first-1, first-1, whole
	for _, r := range b.rooms {
		r.from, r.last.whole = b.floor, whole
	}
}

// newest is the last event that was taken, if it is remembered.
func (b *book) newest() *Event {
	if n := len(b.order); n > 0 {
		return b.order[n-1]
	}
	return nil
}

// room finds or makes a room.
func (b *book) room(name string) *room {
	r := b.rooms[name]
	if r == nil {
		r = &room{name: name, from: b.floor, last: lists{whole: b.whole}}
		b.rooms[name] = r
	}
	return r
}

// tidy forgets a room that nobody is in and nothing is remembered of.
func (b *book) tidy(r *room) {
	if len(r.recent) > 0 || len(r.live) > 0 || len(r.behind) > 0 || r.passing || r.last.reading != nil || b.rooms[r.name] != r {
		return
	}
	delete(b.rooms, r.name)
	b.floor, b.whole = max(b.floor, r.from), false
}

// take adds the stream's next event and hands it to who is live.
func (b *book) take(e *Event) {
	if e.seq <= b.head {
		return
	}
	b.head = e.seq
	r := b.room(e.Room)
	r.recent = append(r.recent, e)
	r.last.add(e)
	b.order = append(b.order, e)
	b.bytes += len(e.D) + overhead
	for i := 0; i < len(r.live); {
		m := r.live[i]
		switch {
		case e.seq <= m.pos.seq:
			i++
		case m.hand(e):
			i++
		default:
			b.stall(m) // another takes its place in live
		}
	}
	b.forget()
}

// forget keeps the memory within its bound.
func (b *book) forget() {
	for b.bytes > b.bound {
		e := b.order[0]
		b.order[0] = nil
		b.order = b.order[1:]
		b.bytes -= len(e.D) + overhead
		r := b.rooms[e.Room]
		r.recent[0] = nil
		r.recent = r.recent[1:]
		r.from = e.seq
		b.tidy(r)
	}
}

// covers says whether memory holds everything of the room behind seq.
func (r *room) covers(seq uint64) bool { return seq >= r.from }

// at finds the remembered event with this sequence.
func (r *room) at(seq uint64) *Event {
	i := r.behindOf(seq)
	if i > 0 && r.recent[i-1].seq == seq {
		return r.recent[i-1]
	}
	return nil
}

// behindOf is the place in recent of the first event behind seq.
func (r *room) behindOf(seq uint64) int {
	low, high := 0, len(r.recent)
	for low < high {
		if middle := (low + high) / 2; r.recent[middle].seq <= seq {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// here is the offset at which the room stands.
func (b *book) here(r *room) offset {
	if n := len(r.recent); n > 0 {
		return r.recent[n-1].place(b.generation)
	}
	return offset{generation: b.generation, seq: b.head}
}

func (e *Event) place(generation string) offset {
	return offset{generation, e.seq, stampOf(e.At)}
}

// reset forgets everything, because the stream is another one, or holds other
// events than were taken. Who follows gets a gap, to the place before first,
// and all that comes behind it.
func (b *book) reset(generation string, first uint64, whole bool, reason string) {
	old := b.rooms
	b.generation, b.head, b.floor, b.whole = generation, first-1, first-1, whole
	b.era++
	b.anew, b.why = offset{generation: generation, seq: first - 1}, reason
	b.rooms, b.order, b.bytes = make(map[string]*room), nil, 0
	for name, r := range old {
		fresh := b.room(name)
		for _, m := range append(r.live, keys(r.behind)...) {
			m.place = -1
			b.rejoin(m, fresh)
		}
	}
}

// rejoin lets a member go on in a room: who began before the book was reset gets
// the gap that this made.
func (b *book) rejoin(m *member, r *room) {
	m.room = r
	if m.begun && m.era != b.era {
		m.gap(m.pos.String(), b.anew.String(), b.why)
		m.start(b.anew)
	}
	m.era = b.era
	if !m.begun {
		b.begin(m)
		return
	}
	b.catchUp(m)
}

func keys(set map[*member]struct{}) []*member {
	list := make([]*member, 0, len(set))
	for m := range set {
		list = append(list, m)
	}
	return list
}

// eventOf reads a stored event. False: it is none that rooms show.
func eventOf(generation, subject string, data []byte, seq uint64, at time.Time) (*Event, bool) {
	name, kind := wire.RoomOf(subject)
	if name == "" || kind == kindCut {
		return nil, false
	}
	e, err := decode(name, data)
	if err != nil {
		return nil, false
	}
	e.seq, e.At = seq, at.UTC()
	e.O = e.place(generation).String()
	return e, true
}
