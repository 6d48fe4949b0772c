package gateway

import (
	"slices"
	"sync"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/hub"
)

// registry finds this relay's welcomed connections by their id and by who is
// behind them.
type registry struct {
	mu    sync.Mutex // guards what follows
	conns map[string]*Visit
	users map[string]map[*Visit]struct{}
}

func newRegistry() registry {
	return registry{conns: map[string]*Visit{}, users: map[string]map[*Visit]struct{}{}}
}

func (r *registry) add(v *Visit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[v.c.ID] = v
	r.seat(v)
}

func (r *registry) remove(v *Visit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, v.c.ID)
	r.unseat(v)
}

// seat and unseat find a visit by its person, mu held.
func (r *registry) seat(v *Visit) {
	id := v.User().ID
	if r.users[id] == nil {
		r.users[id] = map[*Visit]struct{}{}
	}
	r.users[id][v] = struct{}{}
}

func (r *registry) unseat(v *Visit) {
	id := v.User().ID
	delete(r.users[id], v)
	if len(r.users[id]) == 0 {
		delete(r.users, id)
	}
}

// become makes a visit somebody else's, and says whose it was, and whether it can
// be found by that. It does nothing where told is not how often that came about.
func (r *registry) become(v *Visit, who api.User, told *int) (before api.User, isWelcome, done bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, isWelcome = v.User(), r.conns[v.c.ID] == v
	if told != nil && *told != v.toldWho() {
		return before, isWelcome, false
	}
	if isWelcome {
		r.unseat(v)
	}
	v.mu.Lock()
	v.who.User = who
	v.whoTold++
	v.mu.Unlock()
	if isWelcome {
		r.seat(v)
	}
	return before, isWelcome, true
}

func (r *registry) all() []*Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*Visit, 0, len(r.conns))
	for _, v := range r.conns {
		list = append(list, v)
	}
	return list
}

func (r *registry) conn(id string) *Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns[id]
}

func (r *registry) user(id string) []*Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*Visit, 0, len(r.users[id]))
	for v := range r.users[id] {
		list = append(list, v)
	}
	return list
}

// Visits are the welcomed connections of a person at this relay.
func (g *Gateway) Visits(user string) []*Visit { return g.registry.user(user) }

// EventHeard is told of every stored event that is new at this relay, in order.
// What is said to a person goes to all of their connections, also to those that
// have not joined the person's room.
func (g *Gateway) EventHeard(e *events.Event) {
	g.count(e)
	for _, m := range g.modules.list {
		if m.Event != nil {
			m.Event(e)
		}
	}
	r, ok := ParseRoom(e.Room)
	if !ok || r.Prefix != RoomUser {
		return
	}
	for _, v := range g.registry.user(r.ID) {
		if v.c.ID != e.Except {
			v.tell(e)
		}
	}
}

// tell hands a connection what was said to its person, unless it follows the
// person's room. What is noted here, under the locks that order it against a
// subscription, that does not bring again.
func (v *Visit) tell(e *events.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if sub, ok := v.subs[e.Room].(*roomSub); ok {
		sub.mu.Lock()
		defer sub.mu.Unlock()
		if sub.asked {
			return
		}
	}
	v.told.note(e.O)
	if e.Ask != "" {
		v.asked.note(e.Ask)
	}
	v.c.Send(hub.Frame(e.Frame(eventFrame)))
}

// told are the newest of what a connection got: events without having joined its
// person's room, which do not come again when it joins; asks, which it may answer.
type told struct {
	mu   sync.Mutex // guards list
	list []string   // offsets, or asks; at most maxTold
}

const maxTold = 64

func (t *told) note(offset string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.list) == maxTold {
		t.list = append(t.list[:0], t.list[1:]...)
	}
	t.list = append(t.list, offset)
}

func (t *told) has(offset string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Contains(t.list, offset)
}
