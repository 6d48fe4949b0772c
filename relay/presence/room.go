package presence

import (
	"cmp"
	"slices"
	"strings"

	"github.com/farbench/farbench/relay/api"
)

// Bounds of what is told of one person. Who has more tabs than manyTabs in a
// room (programs under one name) is seen as of when they became so many: else
// each of their tabs would be told to all, and cost what all of them do.
const (
	maxAt    = 16
	manyTabs = 99
)

// person is somebody with all of their tabs, at whatever relays.
type person struct {
	name  string         // as told
	names map[string]int // what their tabs say, and how many of them
	tabs  map[seat]*Tab
}

// called is what somebody's tabs say they are called. For a moment after a
// rename they differ: then one tab's word holds, the same at every relay.
func (p *person) called() string {
	var first seat
	var name string
	for at, t := range p.tabs {
		if name == "" || at.relay < first.relay || at.relay == first.relay && at.conn < first.conn {
			first, name = at, t.Name
		}
		if len(p.names) == 1 {
			break
		}
	}
	return name
}

// settle touches all rooms of somebody who is called otherwise now.
func (b *Book) settle(id string, p *person) {
	name := p.called()
	if name == p.name {
		return
	}
	p.name = name
	for _, t := range p.tabs {
		t.rooms(func(room string) { b.touch(room, id, 0) })
	}
}

// seat is a connection at a relay.
type seat struct{ relay, conn string }

// spot is somebody in a room, with how many tabs: what is so now, and what was
// last told; nil: not there.
type spot struct {
	tabs      int
	now, told *api.Person
}

type place struct{ room, person string }

// Change is what a room is told: that somebody came, or is seen otherwise than
// before; or, where Left, that they are gone.
type Change struct {
	Room string
	Who  api.Person
	Left bool
}

// touch brings somebody up to date in a room where they have so many tabs more
// than before. What it costs depends on that person's tabs alone, however many
// people are there.
func (b *Book) touch(room, id string, more int) {
	spots := b.rooms[room]
	if spots == nil {
		spots = map[string]*spot{}
		b.rooms[room] = spots
	}
	s := spots[id]
	if s == nil {
		s = &spot{}
		spots[id] = s
	}
	s.tabs += more
	b.dirty[place{room, id}] = struct{}{}
	if s.tabs > manyTabs && s.now != nil && s.now.Tabs == manyTabs && s.now.Name == b.people[id].name {
		return
	}
	s.now = b.see(room, id)
}

// see makes the picture that a room has of somebody.
func (b *Book) see(room, id string) *api.Person {
	p := b.people[id]
	if p == nil {
		return nil
	}
	doc := api.Person{ID: id, Name: p.name}
	bench, ofBench := strings.CutPrefix(room, benchPrefix)
	var since int64
	var at []Look
	for _, t := range p.tabs {
		from, ok := t.in(room)
		if !ok {
			continue
		}
		if doc.Tabs++; doc.Tabs == 1 || from < since {
			since = from
		}
		for _, l := range t.looks() {
			if ofBench && l.Bench != bench {
				continue
			}
			if i := slices.IndexFunc(at, l.isSame); i < 0 {
				at = append(at, l)
			} else {
				at[i].Since = min(at[i].Since, l.Since)
			}
		}
	}
	if doc.Tabs == 0 {
		return nil
	}
	doc.Tabs = min(doc.Tabs, manyTabs)
	doc.Since = moment(since)
	slices.SortFunc(at, func(x, y Look) int {
		return cmp.Or(cmp.Compare(x.Since, y.Since), cmp.Compare(x.Bench, y.Bench), cmp.Compare(x.Device, y.Device), cmp.Compare(x.Run, y.Run))
	})
	for _, l := range at[:min(len(at), maxAt)] {
		doc.At = append(doc.At, l.doc())
	}
	return &doc
}

// Changes are what the rooms have not been told yet. Who came and left in
// between is not told at all.
func (b *Book) Changes() []Change {
	var list []Change
	for at := range b.dirty {
		spots := b.rooms[at.room]
		s := spots[at.person]
		if s == nil {
			continue
		}
		switch {
		case s.now == nil && s.told != nil:
			list = append(list, Change{Room: at.room, Who: api.Person{ID: s.told.ID, Name: s.told.Name}, Left: true})
		case s.now != nil && (s.told == nil || !isSame(s.now, s.told)):
			list = append(list, Change{Room: at.room, Who: *s.now})
		}
		if s.told = s.now; s.now == nil && s.tabs == 0 {
			if delete(spots, at.person); len(spots) == 0 {
				delete(b.rooms, at.room)
			}
		}
	}
	clear(b.dirty)
	return list
}

func isSame(x, y *api.Person) bool {
	return x.ID == y.ID && x.Name == y.Name && x.Tabs == y.Tabs && x.Since.Equal(y.Since) &&
		slices.EqualFunc(x.At, y.At, func(a, b api.Look) bool {
			return a.Bench == b.Bench && a.Device == b.Device && a.Run == b.Run && a.Since.Equal(b.Since)
		})
}

// In lists who is in a room, by name.
func (b *Book) In(room string) []api.Person {
	spots := b.rooms[room]
	list := make([]api.Person, 0, len(spots))
	for _, s := range spots {
		if s.now != nil {
			list = append(list, *s.now)
		}
	}
	slices.SortFunc(list, func(x, y api.Person) int { return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.ID, y.ID)) })
	return list
}
