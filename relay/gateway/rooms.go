package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

const (
	roomLab    = "lab"
	prefixRoom = "bench:"
	prefixRun  = "run:"
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
	if IsRoom(m.Room) {
		v.vector.aim(m.Room, m.O)
	}
	switch bench, isBench := strings.CutPrefix(m.Room, prefixRoom); {
	case m.Room == roomLab:
		v.subState(m, "")
	case isBench && wire.ValidID(bench):
		v.subState(m, bench)
	case strings.HasPrefix(m.Room, prefixRun):
		sub := v.newRunSub(m.Room)
		begun := v.do(m.I, "sub "+prefixRun, AnswerLimit, func(ctx context.Context) error {
			run, err := v.g.Run(ctx, strings.TrimPrefix(m.Room, prefixRun))
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
	default:
		v.fail(m.I, noRoom)
	}
}

var noRoom = &wire.Fault{Code: wire.NotFound, Message: "there is no such room", Hint: "rooms are lab, bench:<id> and run:<id>"}

// roomLeft says whether one more room can be joined, and answers if not.
func (v *Visit) roomLeft(i *int64) bool {
	v.mu.Lock()
	n := len(v.subs)
	v.mu.Unlock()
	if n < v.maxRooms {
		return true
	}
	v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a connection joins at most %d rooms", v.maxRooms), Hint: "leave some"})
	if v.refusals++; v.refusals > maxRefusals {
		v.c.Close(hub.Malformed, "far too many subscriptions", 0)
	}
	return false
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

// stateSub is a membership of a state room.
type stateSub struct{ *hub.Member }

func (s stateSub) stop() { s.Leave() }

// subState joins lab, or a bench's room: first the membership, then the
// snapshot, then what changed meanwhile.
func (v *Visit) subState(m api.Frame, bench string) {
	member := v.g.hub.Join(m.Room, v.c)
	v.keep(m.Room, stateSub{member})
	begun := v.do(m.I, "sub "+m.Room, AnswerLimit, func(ctx context.Context) error {
		snapshot, err := v.g.snapshot(ctx, bench)
		if err != nil {
			member.Leave()
			v.giveUp(m.Room, stateSub{member})
			return err
		}
		frames := []hub.Frame{answerFrame(m.I, snapshot)}
		if m.O != "" {
			// These rooms keep no history yet: what happened since o is not told.
			null := json.RawMessage("null")
			body, _ := json.Marshal(struct {
				T      string          `json:"t"`
				Room   string          `json:"room"`
				From   string          `json:"from"`
				To     json.RawMessage `json:"to"`
				Reason string          `json:"reason"`
			}{"gap", m.Room, m.O, null, "this room keeps no history"})
			frames = append(frames, hub.Text(body))
		}
		member.Release(frames...)
		return nil
	})
	if !begun {
		v.end(m.Room)
	}
}
