package gateway

import (
	"context"
	"fmt"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// sub joins a room. A room that is joined already is joined anew, with the new
// offset.
func (v *Visit) sub(m api.Frame) {
	if len(m.O) > 512 {
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "no offset is that long"})
		return
	}
	v.end(m.Room)
	if !v.roomLeft(m.I) {
		return
	}
	r, ok := ParseRoom(m.Room)
	if !ok {
		v.fail(m.I, noRoom)
		return
	}
	v.vector.aim(m.Room, m.O)
	if m.O != "" {
		v.g.metrics.recoveries.WithLabelValues("sub").Inc()
	}
	if r.Prefix != RoomRun {
		v.subRoom(m, r)
		return
	}
	sub := v.newRunSub(m.Room)
	begun := v.do(m.I, "sub "+RoomRun, AnswerLimit, func(ctx context.Context) error {
		run, err := v.g.FindRun(ctx, r.ID)
		if err == nil {
			err = v.g.mayEnter(ctx, v.User(), r)
		}
		if err != nil {
			v.giveUp(m.Room, sub)
			return err
		}
		v.follow(m.I, run, sub, m.O)
		return nil
	})
	if !begun {
		v.end(m.Room)
	}
}

// roomLeft says whether one more room can be joined, and answers if not.
func (v *Visit) roomLeft(i *int64) bool {
	v.mu.Lock()
	n := len(v.subs)
	v.mu.Unlock()
	if n < v.maxRooms {
		return true
	}
	v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a connection joins at most %d rooms", v.maxRooms), Hint: "leave some"})
	v.refuse()
	return false
}

// refuse counts a subscription too many.
func (v *Visit) refuse() {
	if v.refusals++; v.refusals > maxRefusals {
		v.c.Close(hub.Malformed, "far too many subscriptions", 0)
	}
}

// keep notes a subscription, from the moment it is asked for: an unsub that
// follows at once finds it. One of the same room ends.
func (v *Visit) keep(room string, sub subscription) {
	v.end(room)
	v.vector.join(room)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.subs[room] = sub
}

// giveUp forgets a subscription that never began.
func (v *Visit) giveUp(room string, sub subscription) {
	v.vector.leave(room)
	v.forget(room, sub)
}

// forget frees the place of a subscription that ended by itself.
func (v *Visit) forget(room string, sub subscription) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.subs[room] == sub {
		delete(v.subs, room)
	}
}

func (v *Visit) end(room string) {
	v.mu.Lock()
	sub := v.subs[room]
	delete(v.subs, room)
	v.mu.Unlock()
	if sub != nil {
		sub.stop()
	}
}

func (v *Visit) unsub(m api.Frame) {
	v.end(m.Room)
	v.vector.leave(m.Room)
	v.c.Send(answerFrame(m.I, struct{}{}))
}
