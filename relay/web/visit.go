package web

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// Limits of one connection.
const (
	maxRooms    = 256 // of a socket; maxStreamRooms of an event stream
	maxRefusals = 256 // subscriptions beyond them, before it is closed
	maxRequests = 64  // at once
	maxEvent    = 64 << 10
)

// visit is what one connection, a socket or an event stream, asks and is
// subscribed to. Its methods are called by one goroutine at a time, that which
// reads the socket or a stream's POST, but for those that say otherwise.
type visit struct {
	s       *Server
	c       *hub.Conn
	who     who
	ctx     context.Context // ends with the connection
	cancel  context.CancelFunc
	working sync.WaitGroup // requests and followers
	places  chan struct{}  // maxRequests; full: too_many

	greeted  bool
	refusals int
	maxRooms int
	sessions *sessionsOf // of a bulk socket; nil: it has none
	vector   *vector     // of an event stream; nil: a socket's client keeps its own offsets

	mu   sync.Mutex // guards subs
	subs map[string]subscription
}

// subscription ends when stop is called: nothing of the room follows.
type subscription interface{ stop() }

func newVisit(s *Server, c *hub.Conn, person who) *visit {
	v := &visit{s: s, c: c, who: person, maxRooms: maxRooms, places: make(chan struct{}, maxRequests), subs: make(map[string]subscription)}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	return v
}

// leave ends everything that the visit started and waits for it.
func (v *visit) leave() {
	v.c.Abort(hub.Vanished)
	v.cancel()
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
}

// take handles a text frame's messages. After the connection is closed they are
// still read and do nothing.
func (v *visit) take(payload []byte) {
	err := hub.Decode(payload, func(m hub.Message) bool {
		select {
		case <-v.c.Gone():
			return false
		default:
			v.message(m)
			return true
		}
	})
	if err != nil {
		v.c.Close(hub.Malformed, err.Error(), 0)
	}
}

func (v *visit) message(m hub.Message) {
	if !v.greeted {
		v.hello(m)
		return
	}
	switch m.T {
	case "ping":
		body, _ := json.Marshal(api.Frame{T: "pong", I: m.I})
		v.c.Urgent(hub.Text(body))
	case "sub", "unsub", "req", "evt":
		switch {
		case m.Bad != nil:
			v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "a field has the wrong type: " + m.Bad.Error()})
		case m.T == "sub":
			v.sub(m.Frame)
		case m.T == "unsub":
			v.unsub(m.Frame)
		case m.T == "req":
			v.request(m.Frame)
		case len(m.D) > maxEvent:
			v.fail(m.I, &wire.Fault{Code: wire.TooLarge, Message: fmt.Sprintf("an event has at most %d bytes", maxEvent)})
		default:
			v.fail(m.I, &wire.Fault{Code: wire.NotFound, Message: "this relay does not carry events yet"})
		}
	}
	// Everything else is a sign of life (pong) or a kind of a later version.
}

// hello authenticates: by the token in it, else by what came with the upgrade.
func (v *visit) hello(m hub.Message) {
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
	case m.Token != "" && v.s.keys.Token(m.Token):
		v.who = who{user: tester}
	case m.Token != "" || !v.who.known:
		v.c.Close(hub.Refused, "the token or session is not valid: sign in", 0)
		return
	}
	v.welcome()
}

func (v *visit) welcome() {
	v.greeted = true
	v.c.Greeted(v.who.session, v.who.expires)
	v.send(api.Frame{T: "welcome", V: wire.Version, Conn: v.c.ID, User: &v.who.user})
}

// send, answer and fail may be called by any goroutine.
func (v *visit) send(f api.Frame) { v.c.Send(frameOf(f)) }

func frameOf(f api.Frame) hub.Frame {
	body, _ := json.Marshal(f)
	return hub.Text(body)
}

func answerFrame(i *int64, d any) hub.Frame {
	body, err := json.Marshal(d)
	if err != nil {
		body = []byte("null")
	}
	return frameOf(api.Frame{T: "res", I: i, D: body})
}

func (v *visit) fail(i *int64, f *wire.Fault) { v.send(api.Frame{T: "res", I: i, Error: f}) }

// do runs work beside the reading of the connection, within the bounds of
// requests at once and of time, and says whether it began. A panic in it is
// answered with an id.
func (v *visit) do(i *int64, doing string, limit time.Duration, work func(context.Context) error) bool {
	select {
	case v.places <- struct{}{}:
	default:
		v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d requests of this connection are being answered", maxRequests), Hint: "wait for some of the answers", Retry: true})
		return false
	}
	v.working.Add(1)
	go func() {
		defer v.working.Done()
		defer func() { <-v.places }()
		defer func() {
			if cause := recover(); cause != nil {
				v.fail(i, v.s.panicked(doing, cause))
			}
		}()
		ctx, cancel := context.WithTimeout(v.ctx, limit)
		defer cancel()
		if err := work(ctx); err != nil {
			v.fail(i, v.s.fault(doing, err))
		}
	}()
	return true
}
