package gateway

import (
	"context"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
)

// The prefixes of rooms.
const (
	RoomLab   = "lab"    // everybody
	RoomBench = "bench:" // those who look at a bench
	RoomRun   = "run:"   // a run's lines
	RoomUser  = "user:"  // a person's own
)

// Room is a room's name taken apart.
type Room struct{ Prefix, ID string }

// Name is how the room is called in messages.
func (r Room) Name() string { return r.Prefix + r.ID }

// maxRoom is how long a room's name may be.
const maxRoom = 128

// ParseRoom reads a room's name. What is no room never reaches a subject.
func ParseRoom(name string) (Room, bool) {
	if len(name) > maxRoom {
		return Room{}, false
	}
	if name == RoomLab {
		return Room{Prefix: RoomLab}, true
	}
	for _, prefix := range []string{RoomBench, RoomRun, RoomUser} {
		if id, ok := strings.CutPrefix(name, prefix); ok {
			return Room{prefix, id}, wire.ValidID(id)
		}
	}
	return Room{}, false
}

// IsRoom says whether a room could exist.
func IsRoom(name string) bool { _, ok := ParseRoom(name); return ok }

var noRoom = &wire.Fault{Code: wire.NotFound, Message: "there is no such room", Hint: "rooms are lab, bench:<id>, run:<id> and user:<id>"}

// Policy says who may do what in the rooms of a prefix; a missing rule lets
// everybody. Its errors are what the asker gets.
type Policy struct {
	Prefix string
	Enter  func(ctx context.Context, by api.User, r Room) error
	// Say is asked while the connection is read: it must not block.
	Say func(by api.User, r Room, ev string) error
}

func (g *Gateway) mayEnter(ctx context.Context, by api.User, r Room) error {
	for _, p := range g.modules.policies[r.Prefix] {
		if p.Enter != nil {
			if err := p.Enter(ctx, by, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Gateway) maySay(by api.User, r Room, ev string) error {
	for _, p := range g.modules.policies[r.Prefix] {
		if p.Say != nil {
			if err := p.Say(by, r, ev); err != nil {
				return err
			}
		}
	}
	return nil
}

// ourEvents are what the gateway itself tells; modules add theirs.
var ourEvents = map[string]bool{"bench": true, "run": true, "block": true, "end": true, "reservations": true, events.Notice: true, "job": true}

// rooms are the policies that every lab has.
func rooms(g *Gateway) Module {
	return Module{Policies: []Policy{
		{
			Prefix: RoomBench,
			Enter:  func(_ context.Context, _ api.User, r Room) error { _, err := g.bench(r.ID); return err },
			Say:    func(_ api.User, r Room, _ string) error { _, err := g.bench(r.ID); return err },
		},
		{Prefix: RoomRun, Say: func(api.User, Room, string) error {
			return &wire.Fault{Code: wire.Forbidden, Message: "a run's room holds its lines alone", Hint: "say it in the room of the run's bench"}
		}},
		{
			Prefix: RoomUser,
			Enter: func(_ context.Context, by api.User, r Room) error {
				if by.ID != r.ID {
					return &wire.Fault{Code: wire.Forbidden, Message: "this room is another person's", Hint: "to tell them something, send an evt to user:<id>"}
				}
				return nil
			},
			Say: func(api.User, Room, string) error {
				return &wire.Fault{Code: wire.Forbidden, Message: "nobody speaks in a person's own room", Hint: `to tell them something, send an evt with "to":"user:<id>"`}
			},
		},
	}}
}
