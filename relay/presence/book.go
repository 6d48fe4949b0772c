package presence

import (
	"maps"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// Times between relays.
const (
	BeatEvery = 3 * time.Second
	// DeadAfter is how long a relay may be silent until its people are gone: two
	// beats may be lost.
	DeadAfter = 8 * time.Second
	// askAgain is how long an answer may take.
	askAgain = time.Second
)

// Book is who is where. Its methods are called by one goroutine at a time.
type Book struct {
	self   string
	relays map[string]*relay
	people map[string]*person
	rooms  map[string]map[string]*spot
	dirty  map[place]struct{} // in the rooms, not told yet

	seq    uint64              // of this relay's messages
	moved  map[string]struct{} // its tabs that the others have not been told of
	wanted bool                // somebody asked for the whole
}

// relay is what one relay told.
type relay struct {
	tabs   map[string]*Tab
	seq    uint64
	isOpen bool // all of it is known, up to seq
	until  time.Time
	asked  time.Time
	parts  map[string]*Tab // of the whole that is under way
	part   int
}

// New makes the book of the relay that goes by that name, a random one of this
// process.
func New(self string) *Book {
	b := &Book{
		self: self, relays: map[string]*relay{}, people: map[string]*person{},
		rooms: map[string]map[string]*spot{}, dirty: map[place]struct{}{}, moved: map[string]struct{}{},
	}
	b.relays[self] = &relay{tabs: map[string]*Tab{}, isOpen: true}
	return b
}

// Set takes a tab of this relay as it is now. It keeps its maps.
func (b *Book) Set(t Tab) {
	t.Rooms = maps.Clone(t.Rooms)
	b.set(b.self, &t)
	b.moved[t.Conn] = struct{}{}
}

// Gone takes a tab's end.
func (b *Book) Gone(conn string) {
	if _, ok := b.relays[b.self].tabs[conn]; !ok {
		return
	}
	b.unset(b.self, conn)
	b.moved[conn] = struct{}{}
}

// Rename gives the tabs of somebody at this relay another name.
func (b *Book) Rename(id, name string) {
	for at, t := range b.tabsOf(id) {
		if at.relay == b.self && t.Name != name {
			renamed := *t
			renamed.Name = name
			b.set(b.self, &renamed)
			b.moved[at.conn] = struct{}{}
		}
	}
}

func (b *Book) tabsOf(id string) map[seat]*Tab {
	if p := b.people[id]; p != nil {
		return maps.Clone(p.tabs)
	}
	return nil
}

func (b *Book) set(name string, t *Tab) {
	r := b.relays[name]
	old := r.tabs[t.Conn]
	at := seat{name, t.Conn}
	p := b.people[t.Person]
	if p == nil {
		p = &person{tabs: map[seat]*Tab{}, names: map[string]int{}}
		b.people[t.Person] = p
	}
	r.tabs[t.Conn], p.tabs[at] = t, t
	p.names[t.Name]++
	if old != nil {
		b.forget(at, old, old.Person == t.Person)
	}
	b.settle(t.Person, p)
	t.rooms(func(room string) { b.touch(room, t.Person, 1) })
}

func (b *Book) unset(name, conn string) {
	r := b.relays[name]
	if t := r.tabs[conn]; t != nil {
		delete(r.tabs, conn)
		b.forget(seat{name, conn}, t, false)
	}
}

// forget takes from its person what a tab was; it may be something else of
// theirs now.
func (b *Book) forget(at seat, t *Tab, isTheirs bool) {
	p := b.people[t.Person]
	if p.names[t.Name]--; p.names[t.Name] == 0 {
		delete(p.names, t.Name)
	}
	if !isTheirs {
		delete(p.tabs, at)
	}
	if len(p.tabs) == 0 {
		delete(b.people, t.Person)
	} else {
		b.settle(t.Person, p)
	}
	t.rooms(func(room string) { b.touch(room, t.Person, -1) })
}

// lose takes a relay's end, and all of its tabs.
func (b *Book) lose(name string) {
	for conn := range b.relays[name].tabs {
		b.unset(name, conn)
	}
	delete(b.relays, name)
}

// Tick finds relays that are silent for too long.
func (b *Book) Tick(now time.Time) (lost []string) {
	for name, r := range b.relays {
		if name != b.self && now.After(r.until) {
			b.lose(name)
			lost = append(lost, name)
		}
	}
	return lost
}

// Grace gives every relay one more spell: this one was away, not they.
func (b *Book) Grace(now time.Time) {
	for _, r := range b.relays {
		r.until = now.Add(DeadAfter)
	}
}

// Who finds somebody by their tabs.
func (b *Book) Who(id string) (api.User, bool) {
	p := b.people[id]
	if p == nil {
		return api.User{}, false
	}
	return api.User{ID: id, Name: p.name}, true
}

// Each names all who have a tab, at any relay.
func (b *Book) Each(tell func(id string)) {
	for id := range b.people {
		tell(id)
	}
}

// Counts are for the metrics: tabs and people of all relays, and relays.
func (b *Book) Counts() (tabs, people, relays int) {
	for _, r := range b.relays {
		tabs += len(r.tabs)
	}
	return tabs, len(b.people), len(b.relays)
}
