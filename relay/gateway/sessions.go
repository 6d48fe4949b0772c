package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/sessions"
)

// maxSessions is how many sessions a socket may have at once.
const maxSessions = 16

// bulkRoom is how much of its sessions a socket's queue holds: enough to write
// while more is awaited.
const bulkRoom = 2 << 20

// sessionsOf are the sessions of one bulk socket, by their streams.
type sessionsOf struct {
	v *Visit

	mu     sync.Mutex // guards what follows
	left   bool
	taken  map[uint64]bool // being opened, or open
	opened map[uint64]*sessions.Session
}

func newSessionsOf(v *Visit) *sessionsOf {
	return &sessionsOf{v: v, taken: map[uint64]bool{}, opened: map[uint64]*sessions.Session{}}
}

// openSession answers a req session.open.
func (v *Visit) openSession(m api.Frame) {
	var q api.SessionRequest
	err := json.Unmarshal(m.D, &q)
	switch {
	case v.sessions == nil:
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "this socket carries no files", Hint: "ask on /ws/bulk"})
		return
	case err != nil:
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "d is no session request: " + err.Error()})
		return
	}
	if fault := v.sessions.reserve(q.Stream); fault != nil {
		v.fail(m.I, fault)
		return
	}
	began := v.do(m.I, m.M, AnswerLimit, func(ctx context.Context) error {
		if fault := v.acts(ctx); fault != nil {
			v.sessions.free(q.Stream)
			return fault
		}
		x, err := v.g.cfg.Sessions.Open(ctx, q, v.User(), v.sessions.out)
		if err != nil {
			v.sessions.free(q.Stream)
			return err
		}
		v.sessions.add(x)
		v.c.Send(answerFrame(m.I, api.Session{ID: x.ID, Stream: q.Stream}))
		return nil
	})
	if !began {
		v.sessions.free(q.Stream)
	}
}

func (o *sessionsOf) reserve(stream uint64) *wire.Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.taken[stream]:
		return &wire.Fault{Code: wire.IDConflict, Message: fmt.Sprintf("stream %d is in use", stream), Hint: "use another number"}
	case len(o.taken) >= maxSessions:
		return &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d sessions are open on this socket", len(o.taken)), Hint: "wait until some have ended", Retry: true}
	}
	o.taken[stream] = true
	return nil
}

func (o *sessionsOf) free(stream uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.taken, stream)
	delete(o.opened, stream)
}

// add notes an open session until it ends.
func (o *sessionsOf) add(x *sessions.Session) {
	o.mu.Lock()
	left := o.left
	o.opened[x.Stream()] = x
	o.mu.Unlock()
	if left { // meanwhile
		x.Leave()
		return
	}
	o.v.working.Go(func() {
		<-x.Done()
		x.Leave()
		o.free(x.Stream())
	})
}

// out queues a frame for the browser as soon as there is room.
func (o *sessionsOf) out(frame []byte, done <-chan struct{}) error {
	for !o.v.c.OfferPiece(frame) {
		if err := o.v.c.Await(done); err != nil {
			return err
		}
	}
	return nil
}

// Frame passes a binary frame of a bulk socket on. Those of a session that has just ended are
// still on their way.
func (v *Visit) Frame(frame []byte) {
	o := v.sessions
	f, err := wire.ParseFrame(frame)
	if err != nil {
		o.v.c.Close(hub.Malformed, err.Error(), 0)
		return
	}
	o.mu.Lock()
	x := o.opened[f.Stream]
	o.mu.Unlock()
	if x != nil {
		x.Take(f, frame)
	}
}

// leave ends all sessions.
func (o *sessionsOf) leave() {
	o.mu.Lock()
	o.left = true
	var all []*sessions.Session
	for _, x := range o.opened {
		all = append(all, x)
	}
	o.mu.Unlock()
	for _, x := range all {
		x.Leave()
	}
}
