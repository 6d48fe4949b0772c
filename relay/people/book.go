package people

import (
	"maps"

	"github.com/farbench/farbench/relay/api"
)

// book is what this relay knows of the store: records by key, and where a person
// and a session are found. Changes may come twice and in any order; of one key
// the higher revision holds, and of two records of one person too (a rename was
// under way).
type book struct {
	records  map[string]entry
	persons  map[string]string // person → key
	sessions map[string]string // session → key
	seq      uint64            // every change up to it is in here
	removed  int               // since what is left of removed records was dropped
	alone    int               // records of those who have no name of their own
	looks    looks
}

type entry struct {
	record
	rev     uint64
	removed bool
}

// change is what a record's change means to others.
type change struct {
	ended []string   // sessions that no longer hold
	who   []api.User // whose name is another now
	moved []move     // sessions that are another person's now
	taken []api.User // whose name belongs to a session now: the token alone no longer speaks for them
}

type move struct {
	session string
	who     api.User
}

func newBook() *book {
	return &book{records: map[string]entry{}, persons: map[string]string{}, sessions: map[string]string{}, looks: looks{}}
}

// put takes a record as stored under rev.
func (b *book) put(key string, rev uint64, r record) (c change) {
	old, known := b.records[key]
	if known && rev <= old.rev {
		return c
	}
	before, had := b.find(r.Person)
	b.records[key] = entry{record: r, rev: rev}
	b.looks.drop(key, old.Name)
	b.looks.add(key, r.Name)
	if isAlone(key) && (!known || old.removed) {
		b.alone++
	}
	began := false
	for _, s := range r.Sessions {
		if before, known := b.records[b.sessions[s.ID]]; !known {
			began = true
		} else if before.Person != r.Person {
			began = true
			c.moved = append(c.moved, move{s.ID, r.user()})
		}
		b.sessions[s.ID] = key
	}
	if known {
		c.ended = b.drop(key, old.record, r)
		if old.Person != r.Person && b.persons[old.Person] == key {
			delete(b.persons, old.Person) // the name went to somebody else
			c.taken = append(c.taken, old.user())
		}
	}
	if r.Person == Tester.ID || had && before.rev > rev {
		return c
	}
	b.persons[r.Person] = key
	if began {
		c.taken = append(c.taken, r.user())
	}
	if after := r.user(); had && before.user() != after {
		c.who = append(c.who, after)
	}
	return c
}

// remove takes a record's end. What is left of it keeps an older copy from
// coming back.
func (b *book) remove(key string, rev uint64) (c change) {
	old, known := b.records[key]
	if !known || old.removed || rev <= old.rev {
		return c
	}
	c.ended = b.drop(key, old.record, record{})
	if b.persons[old.Person] == key {
		delete(b.persons, old.Person)
	}
	b.records[key] = entry{rev: rev, removed: true}
	b.looks.drop(key, old.Name)
	if isAlone(key) {
		b.alone--
	}
	if b.removed++; b.removed > maxPeople {
		b.forget()
	}
	return c
}

// forget drops what is left of removed records: only a copy that is under way
// now could come back.
func (b *book) forget() {
	maps.DeleteFunc(b.records, func(_ string, e entry) bool { return e.removed && e.rev < b.seq })
	b.removed = 0
}

// drop forgets the sessions that a record no longer has. One that moved to
// another record of its person goes on.
func (b *book) drop(key string, old, now record) (ended []string) {
	for _, s := range old.Sessions {
		if _, still := now.session(s.ID); !still && b.sessions[s.ID] == key {
			delete(b.sessions, s.ID)
			ended = append(ended, s.ID)
		}
	}
	return ended
}

func (b *book) at(key string) (entry, bool) {
	e, ok := b.records[key]
	return e, ok && !e.removed
}

func (b *book) find(person string) (entry, bool) { return b.at(b.persons[person]) }

func (b *book) ofSession(id string) (key string, e entry, ok bool) {
	key = b.sessions[id]
	e, ok = b.at(key)
	return key, e, ok
}
