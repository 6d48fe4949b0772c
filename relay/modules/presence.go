package modules

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/presence"
)

// Crowd is what is asked of who is here. Its calls do not block.
type Crowd interface {
	Arrive(conn string, who api.User)
	Become(conn string, who api.User)
	Join(conn string, who api.User, room string)
	Part(conn, room string)
	Look(conn string, who api.User, at api.Look)
	Leave(conn string)
	In(room string) []api.Person
	Watch(func(presence.Change))
}

// ofPresence is presence as farbench.v1 tells it: join and leave in lab and in
// benches' rooms, the people in a snapshot, and req look.
func ofPresence(c Crowd) gateway.Maker {
	return func(g *gateway.Gateway) gateway.Module {
		c.Watch(func(change presence.Change) { tellWho(g, change) })
		return gateway.Module{
			Reads:    []string{"look"},
			Requests: map[string]gateway.Request{"look": func(_ context.Context, q gateway.Question) (any, error) { return look(c, q) }},
			Events:   []string{"join", "leave"},
			Snapshot: func(_ context.Context, r gateway.Room, parts *api.Parts) error {
				if presence.IsRoom(r.Name()) {
					parts.People = c.In(r.Name())
				}
				return nil
			},
			// Who came without a name is everybody, and seen where they go.
			Connected: func(v *gateway.Visit) {
				if v.User().ID != gateway.Tester.ID {
					c.Arrive(v.Conn().ID, v.User())
				}
			},
			Renamed:      func(v *gateway.Visit) { c.Become(v.Conn().ID, v.User()) },
			Entered:      func(v *gateway.Visit, r gateway.Room) { c.Join(v.Conn().ID, v.User(), r.Name()) },
			Left:         func(v *gateway.Visit, r gateway.Room) { c.Part(v.Conn().ID, r.Name()) },
			Disconnected: func(v *gateway.Visit) { c.Leave(v.Conn().ID) },
		}
	}
}

// tellWho tells a room. The newest of one person takes an older one's place where a
// reader is slow.
func tellWho(g *gateway.Gateway, change presence.Change) {
	kind := "join"
	if change.Left {
		kind = "leave"
	}
	g.TellFrame(change.Room, "who:"+change.Who.ID, func() api.Frame {
		return api.Frame{T: kind, Room: change.Room, Who: &change.Who}
	})
}

func look(c Crowd, q gateway.Question) (any, error) {
	var at api.Look
	if err := q.Read(&at); err != nil {
		return nil, err
	}
	for name, ok := range map[string]bool{
		"bench": at.Bench == "" || wire.ValidID(at.Bench), "run": at.Run == "" || wire.ValidID(at.Run),
		"device": at.Device == "" || at.Bench != "" && wire.ValidDeviceID(at.Device),
	} {
		if !ok {
			return nil, &wire.Fault{Code: wire.Invalid, Message: name + " is not the id of one", Hint: "d is {bench?, device?, run?}, a device with its bench"}
		}
	}
	c.Look(q.Visit.Conn().ID, q.By, at)
	return struct{}{}, nil
}
