// Package crowd carries presence: it keeps the book of who is in which room,
// tells the other relays what changes here, and this relay's rooms what changes
// anywhere. Relays speak plain NATS in the hub's own account, on a subject that
// no bench can reach.
//
// It knows NATS through relay/bridge, and neither sockets nor HTTP.
package crowd

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/presence"
)

// pace is how close two rounds of changes follow each other: a change alone is
// told at once, of a crowd's many those of one person become one.
const pace = 25 * time.Millisecond

// heardIn is when all have answered who is there, or had a beat to be heard by.
const heardIn = presence.BeatEvery + time.Second

// Config is what a Crowd is built from.
type Config struct {
	Bridge *bridge.Bridge
	Logger *slog.Logger
	Wall   func() time.Time // for what people read; no decision uses it
}

// Crowd is who is here. Its methods may be called from any goroutine.
type Crowd struct {
	cfg  Config
	log  *slog.Logger
	wake chan struct{} // 1: there is something to tell

	sending sync.Mutex // orders messages; taken before mu
	mu      sync.Mutex // guards what follows
	book    *presence.Book
	tabs    map[string]*presence.Tab // of this relay
	stats   Stats
	asked   time.Time // when everybody was asked who is there, first
	watch   func(presence.Change)
}

// Stats count what presence costs.
type Stats struct {
	Tabs, People, Relays int
	Changes              int64 // told to this relay's rooms
	Sent, SentBytes      int64 // to the other relays
}

// New makes a crowd; Run carries it.
func New(cfg Config) *Crowd {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	return &Crowd{
		cfg: cfg, log: cfg.Logger, wake: make(chan struct{}, 1),
		book: presence.New(cfg.Bridge.Relay()), tabs: map[string]*presence.Tab{}, watch: func(presence.Change) {},
	}
}

// Watch tells one listener of every change from now on, one call at a time. It
// must not block.
func (c *Crowd) Watch(changed func(presence.Change)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watch = changed
}

// Join notes that somebody's connection is in a room. Rooms in which presence is
// not told are passed over.
func (c *Crowd) Join(conn string, who api.User, room string) {
	if !presence.IsRoom(room) {
		return
	}
	c.change(conn, &who, func(t *presence.Tab, now int64) {
		if _, ok := t.Rooms[room]; !ok {
			t.Rooms[room] = now
		}
	})
}

// Arrive notes that somebody is connected, in whatever rooms.
func (c *Crowd) Arrive(conn string, who api.User) {
	c.change(conn, &who, func(*presence.Tab, int64) {})
}

// Become notes that a connection that is here is somebody else's now.
func (c *Crowd) Become(conn string, who api.User) {
	c.change(conn, nil, func(t *presence.Tab, _ int64) { t.Person, t.Name = who.ID, who.Name })
}

// Part is Join's opposite.
func (c *Crowd) Part(conn, room string) {
	c.change(conn, nil, func(t *presence.Tab, _ int64) { delete(t.Rooms, room) })
}

// Look notes what somebody's connection looks at.
func (c *Crowd) Look(conn string, who api.User, at api.Look) {
	c.change(conn, &who, func(t *presence.Tab, now int64) {
		look := &presence.Look{Bench: at.Bench, Device: at.Device, Run: at.Run, Since: now}
		if t.Look != nil && t.Look.Bench == look.Bench && t.Look.Device == look.Device && t.Look.Run == look.Run {
			look = t.Look
		}
		t.Look = look
	})
}

// Leave notes a connection's end.
func (c *Crowd) Leave(conn string) {
	c.mu.Lock()
	delete(c.tabs, conn)
	c.book.Gone(conn)
	c.mu.Unlock()
	c.stir()
}

// Rename gives somebody's connections another name.
func (c *Crowd) Rename(who api.User) {
	c.mu.Lock()
	for _, t := range c.tabs {
		if t.Person == who.ID {
			t.Name = who.Name
		}
	}
	c.book.Rename(who.ID, who.Name)
	c.mu.Unlock()
	c.stir()
}

// Who finds somebody who is connected, to whatever relay.
func (c *Crowd) Who(id string) (api.User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.Who(id)
}

// Here adds all who are connected, to whatever relay; false says that this relay
// may not have heard of all of them yet.
func (c *Crowd) Here(people map[string]bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book.Each(func(id string) { people[id] = true })
	return !c.asked.IsZero() && time.Since(c.asked) > heardIn
}

// In lists who is in a room, on whatever relay.
func (c *Crowd) In(room string) []api.Person {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.In(room)
}

// Stats counts.
func (c *Crowd) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Tabs, s.People, s.Relays = c.book.Counts()
	return s
}

// change changes a connection's tab, and makes one where who is given.
func (c *Crowd) change(conn string, who *api.User, change func(t *presence.Tab, now int64)) {
	now := c.cfg.Wall().UnixMilli()
	c.mu.Lock()
	t := c.tabs[conn]
	if t == nil && who != nil {
		t = &presence.Tab{Conn: conn, Person: who.ID, Name: who.Name, Rooms: map[string]int64{}}
		c.tabs[conn] = t
	}
	if t != nil {
		change(t, now)
		c.book.Set(*t)
	}
	c.mu.Unlock()
	c.stir()
}

func (c *Crowd) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// heard takes another relay's message.
func (c *Crowd) heard(msg *nats.Msg) {
	var m presence.Message
	if err := json.Unmarshal(msg.Data, &m); err != nil {
		c.log.Warn("passed over a message about presence", "err", err)
		return
	}
	c.mu.Lock()
	ask := c.book.Take(m, time.Now())
	c.mu.Unlock()
	if ask != nil {
		c.send(*ask)
	}
	c.stir()
}

func (c *Crowd) send(m presence.Message) {
	data, err := json.Marshal(m)
	if err != nil {
		c.log.Error("writing a message about presence", "err", err)
		return
	}
	// A message that is lost is missed by its number, and asked for.
	if c.cfg.Bridge.Tell(wire.RelayPresence, data) != nil {
		return
	}
	c.mu.Lock()
	c.stats.Sent++
	c.stats.SentBytes += int64(len(data))
	c.mu.Unlock()
}

// tell sends what changed here to the other relays and what changed anywhere to
// this relay's rooms.
func (c *Crowd) tell() {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.mu.Lock()
	out, changes, watch := c.book.Out(), c.book.Changes(), c.watch
	c.stats.Changes += int64(len(changes))
	c.mu.Unlock()
	for _, m := range out {
		c.send(m)
	}
	for _, change := range changes {
		watch(change)
	}
}
