package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/hub"
)

const (
	maxEvent  = 64 << 10
	maxSaying = 1024 // events of a connection that the store has not yet

	saidRate = 64 << 10  // bytes a second that a connection may have stored
	saidRoom = 256 << 10 // of them at once
)

var evPattern = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// allowed says whether the connection may send one more message, and answers if
// not.
func (v *Visit) allowed(i *int64) bool {
	switch v.pace.take(time.Now()) {
	case tooFast:
		v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a connection sends at most %d messages a second", perSecond), Hint: "wait a second, then send it again", Retry: true})
		return false
	case farTooFast:
		v.c.Close(hub.Malformed, fmt.Sprintf("far more than %d messages a second", perSecond), 0)
		return false
	}
	return true
}

// evt says something, to a room, a person or one connection. It is answered
// once the store has it, or the connection's relay; with ack, once somebody has
// acknowledged it.
func (v *Visit) evt(m api.Frame) {
	if m.Ev == "" {
		m.Ev = events.Message
	}
	to, fault := v.target(m)
	if fault != nil {
		v.fail(m.I, fault)
		return
	}
	if fault = v.acts(v.ctx); fault != nil {
		v.fail(m.I, fault)
		return
	}
	m.Ask = "" // the relay alone makes these
	var ask *asking
	if m.Ack {
		if ask, fault = v.ask(m); fault != nil {
			v.fail(m.I, fault)
			return
		}
		m.Ask = ask.id
	}
	if to.conn != "" {
		v.sayConn(m, to.conn, ask)
		return
	}
	v.sayRoom(m, to, ask)
}

// target is who is spoken to.
type target struct {
	room   string   // empty: conn
	person api.User // of a person's room
	conn   string
}

func (v *Visit) target(m api.Frame) (to target, fault *wire.Fault) {
	user, isUser := strings.CutPrefix(m.To, RoomUser)
	conn, isConn := strings.CutPrefix(m.To, "conn:")
	switch {
	case len(m.D) > maxEvent:
		return to, &wire.Fault{Code: wire.TooLarge, Message: fmt.Sprintf("an event has at most %d bytes", maxEvent)}
	case !evPattern.MatchString(m.Ev):
		return to, &wire.Fault{Code: wire.Invalid, Message: "this is no name of an event", Hint: "1 to 64 letters, digits and _ . : -"}
	case v.g.modules.ours[m.Ev]:
		return to, &wire.Fault{Code: wire.Forbidden, Message: "event " + m.Ev + " is the relay's own", Hint: "choose another name"}
	case (m.Room == "") == (m.To == ""):
		return to, &wire.Fault{Code: wire.Invalid, Message: "an event goes either to a room or to somebody", Hint: `say "room":"lab", "room":"bench:<id>", "to":"user:<id>" or "to":"conn:<id>"`}
	case m.To == "":
		r, ok := ParseRoom(m.Room)
		if !ok {
			return to, noRoom
		}
		if err := v.g.maySay(v.User(), r, m.Ev); err != nil {
			return to, v.g.cfg.Faults.Fault("evt", err)
		}
		return target{room: m.Room}, nil
	case isUser && wire.ValidID(user):
		who, ok := api.User{ID: user}, true
		if v.g.cfg.Person != nil {
			who, ok = v.g.cfg.Person(user)
		}
		if !ok {
			return to, &wire.Fault{Code: wire.NotFound, Message: "there is nobody of this id", Hint: "GET /api/v1/people lists who is here"}
		}
		return target{room: m.To, person: who}, nil
	case isConn && validOf(conn, "c"):
		return target{conn: conn}, nil
	}
	return to, &wire.Fault{Code: wire.NotFound, Message: "there is nobody of this address", Hint: "an address is user:<id> or conn:<id>"}
}

// sayRoom gives an event to the store, in the order in which it was said.
func (v *Visit) sayRoom(m api.Frame, to target, ask *asking) {
	port := v.g.cfg.Events
	if port == nil {
		ask.cancel()
		v.fail(m.I, &wire.Fault{Code: wire.Unavailable, Message: "this relay carries no events", Hint: "use another relay"})
		return
	}
	bytes := float64(len(m.D))
	if v.copies(m, to) {
		bytes *= 2
	}
	if !v.stored.takes(time.Now(), bytes, saidRate, saidRoom) {
		ask.cancel()
		v.fail(m.I, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a connection has at most %d KiB of events stored a second", saidRate>>10), Hint: "wait a second, then send it again", Retry: true})
		return
	}
	if v.saying.Add(1) > maxSaying {
		v.saying.Add(-1)
		ask.cancel()
		v.fail(m.I, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d events of this connection wait for the store", maxSaying), Hint: "wait for some of the answers", Retry: true})
		return
	}
	d := events.Draft{Room: to.room, Ev: m.Ev, From: v.sender(), D: m.D, Ask: m.Ask}
	if len(d.D) == 0 {
		d.D = json.RawMessage("null")
	}
	if m.Self != nil && !*m.Self {
		d.Except = v.c.ID
	}
	began := time.Now()
	own := v.copyOf(d, m, to)
	port.Publish(d, func(offset string, err error) {
		if err != nil {
			v.saying.Add(-1)
			own.drop()
			if ask.cancel() {
				v.fail(m.I, v.g.cfg.Faults.Fault("saying an event", err))
			}
			return
		}
		v.g.metrics.stored.Observe(time.Since(began).Seconds())
		own.keep(port, v.g.log, func(copied string) {
			v.saying.Add(-1)
			if ask == nil && m.I != nil {
				v.c.Send(answerFrame(m.I, said{offset, copied}))
			}
		})
	})
}

// said answers an event that the store has.
type said struct {
	O    string `json:"o"`
	Copy string `json:"copy,omitempty"` // where the sender's own room has it
}

// sayConn gives an event to one connection; it is not stored.
func (v *Visit) sayConn(m api.Frame, conn string, ask *asking) {
	f := api.Frame{T: "pub", Room: "conn:" + conn, Ev: m.Ev, From: v.sender(), Ask: m.Ask, D: m.D, At: v.g.now()}
	begun := v.do(m.I, "evt to a connection", AnswerLimit, func(ctx context.Context) error {
		if err := v.g.deliver(ctx, conn, f); err != nil {
			if !ask.cancel() {
				return nil // answered by then
			}
			return err
		}
		v.g.metrics.events.WithLabelValues("conn", "named").Inc()
		if ask == nil && m.I != nil {
			v.c.Send(answerFrame(m.I, struct{}{}))
		}
		return nil
	})
	if !begun {
		ask.cancel()
	}
}

func (v *Visit) sender() *api.Sender {
	user := v.User()
	return &api.Sender{Conn: v.c.ID, ID: user.ID, Name: user.Name}
}

func (g *Gateway) now() time.Time {
	if g.cfg.Now == nil {
		return time.Now()
	}
	return g.cfg.Now()
}
