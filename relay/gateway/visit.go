package gateway

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// Limits of one connection.
const (
	maxRooms    = 256 // of a socket; MaxStreamRooms of an event stream
	maxRefusals = 256 // subscriptions beyond them, before it is closed
	maxRequests = 64  // at once
)

// Visit is what one connection, a socket or an event stream, asks and is
// subscribed to. Its methods are called by one goroutine at a time, that which
// reads the socket or a stream's POST, but for those that say otherwise.
type Visit struct {
	g       *Gateway
	c       *hub.Conn
	ctx     context.Context // ends with the connection
	cancel  context.CancelFunc
	working sync.WaitGroup // requests and followers
	places  chan struct{}  // maxRequests; full: too_many

	greeted  bool
	refusals int
	pace     pace
	stored   bucket       // bytes of events that it has stored
	saying   atomic.Int64 // events that the store has not yet; at most maxSaying
	maxRooms int
	copied   <-chan struct{} // closed when the last copy is with the store; nil: there was none
	sessions *sessionsOf     // of a bulk socket; nil: it has none
	vector   *Vector         // of an event stream; nil: a socket's client keeps its own offsets

	acted atomic.Bool // they are known, who came with the token alone

	told  told // to its person
	asked told // acknowledgements that it was asked for
	// showing is held by who makes a snapshot: one at a time, and none while an
	// earlier one waits to be read.
	showing chan struct{}

	mu      sync.Mutex // guards what follows
	who     Visitor
	whoTold int // how often it became somebody
	subs    map[string]subscription
}

// subscription ends when stop is called: nothing of the room follows.
type subscription interface{ stop() }

// Visit takes a socket's connection in. The caller hands it what it reads, and
// calls Leave when reading has ended.
func (g *Gateway) Visit(c *hub.Conn, who Visitor) *Visit {
	v := &Visit{g: g, c: c, who: who, maxRooms: maxRooms, places: make(chan struct{}, maxRequests), subs: make(map[string]subscription), showing: make(chan struct{}, 1)}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	return v
}

// Bulk takes a socket in that carries sessions beside its requests.
func (g *Gateway) Bulk(c *hub.Conn, who Visitor) *Visit {
	v := g.Visit(c, who)
	v.sessions = newSessionsOf(v)
	c.Widen(bulkRoom)
	return v
}

// Stream takes an event stream in: nothing is answered on it, and the vector
// keeps where it stands.
func (g *Gateway) Stream(c *hub.Conn, who Visitor, vector *Vector) *Visit {
	c.Downward()
	v := g.Visit(c, who)
	v.maxRooms, v.vector = MaxStreamRooms, vector
	return v
}

// Conn is the visit's connection, User who speaks on it.
func (v *Visit) Conn() *hub.Conn { return v.c }
func (v *Visit) User() api.User  { return v.visitor().User }

func (v *Visit) visitor() Visitor { v.mu.Lock(); defer v.mu.Unlock(); return v.who }
func (v *Visit) toldWho() int     { v.mu.Lock(); defer v.mu.Unlock(); return v.whoTold }

// Greeted says whether hello has been answered with welcome.
func (v *Visit) Greeted() bool { return v.greeted }

// Leave ends everything that the visit started and waits for it.
func (v *Visit) Leave() {
	v.c.Abort(hub.Vanished)
	v.cancel()
	v.g.registry.remove(v)
	v.mu.Lock()
	subs := v.subs
	v.subs = make(map[string]subscription)
	v.mu.Unlock()
	for _, sub := range subs {
		sub.stop()
	}
	if v.sessions != nil {
		v.sessions.leave()
	}
	v.working.Wait()
	// A run that was started with watch may have joined its room meanwhile; its
	// context had ended, so nothing of it is left but the note.
	if v.greeted {
		v.g.disconnected(v)
	}
}

// Take handles a text frame's messages. After the connection is closed they are
// still read and do nothing.
func (v *Visit) Take(payload []byte) {
	err := hub.Decode(payload, func(m hub.Message) bool {
		select {
		case <-v.c.Gone():
			return false
		default:
			v.Message(m)
			return true
		}
	})
	if err != nil {
		v.c.Close(hub.Malformed, err.Error(), 0)
	}
}

// Message handles one message.
func (v *Visit) Message(m hub.Message) {
	if !v.greeted {
		v.hello(m)
		return
	}
	v.g.metrics.message(m.T)
	switch m.T {
	case "ping":
		body, _ := json.Marshal(api.Frame{T: "pong", I: m.I})
		v.c.Urgent(hub.Text(body))
	case "sub", "unsub", "req", "evt", "ack":
		switch {
		case m.T != "req" && !v.allowed(m.I):
			if m.T == "sub" {
				v.refuse()
			}
		case m.Bad != nil:
			v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "a field has the wrong type: " + m.Bad.Error()})
		case m.T == "sub":
			v.sub(m.Frame)
		case m.T == "unsub":
			v.unsub(m.Frame)
		case m.T == "req":
			v.request(m.Frame)
		case m.T == "evt":
			v.evt(m.Frame)
		default:
			v.ack(m.Frame)
		}
	}
	// Everything else is a sign of life (pong) or a kind of a later version.
}

// hello authenticates: by the token in it, else by what came with the upgrade.
func (v *Visit) hello(m hub.Message) {
	switch {
	case m.T != "hello":
		v.c.Close(hub.Refused, "hello comes first", 0)
		return
	case m.Bad != nil:
		v.c.Close(hub.Malformed, "hello: "+m.Bad.Error(), 0)
		return
	case m.V != wire.Version:
		v.c.Close(hub.OtherVersion, "this relay speaks farbench.v1: reload the page", 0)
		return
	case m.Token != "" && v.g.cfg.Token(m.Token):
		if !v.named(m.Name) {
			return
		}
	case m.Token != "" || !v.visitor().Known:
		v.c.Close(hub.Refused, "the token or session is not valid: sign in", 0)
		return
	}
	v.Welcome()
}

// Welcome greets who has shown who they are.
func (v *Visit) Welcome() {
	who := v.visitor()
	v.c.Greeted(who.Session, who.Expires)
	// From here on a session's end closes the connection; it may have ended
	// between the upgrade and hello, when nobody knew of this one.
	if !v.holds() {
		v.c.Close(hub.Revoked, "signed out", 0)
		return
	}
	v.greeted = true
	user := v.User()
	v.send(api.Frame{T: "welcome", V: wire.Version, Conn: v.c.ID, User: &user})
	v.g.connected(v)
	v.holds() // whose it became before anybody could find this visit
	if who.User.ID != Tester.ID && v.g.cfg.Living != nil && v.g.cfg.Living(who.User.ID) {
		v.taken() // since the name was looked up
	}
}
