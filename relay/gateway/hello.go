package gateway

import (
	"context"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// nameLimit is how long it may take to find who says hello under a name: less
// than the hub waits for a hello.
const nameLimit = 4 * time.Second

// named takes who speaks with the token alone, and says goodbye to who may not
// go by that name.
func (v *Visit) named(name string) bool {
	who := Tester
	if name != "" {
		ctx, cancel := context.WithTimeout(v.ctx, nameLimit)
		defer cancel()
		var err error
		if who, err = v.g.cfg.Arriving(ctx, name); err != nil {
			f := v.g.cfg.Faults.Fault("saying hello", err)
			if f.Retry {
				v.c.Close(hub.Draining, f.Message, time.Second)
			} else {
				v.c.Close(hub.Refused, string(f.Code)+": "+f.Message+"; "+f.Hint, 0)
			}
			return false
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.who = Visitor{User: who}
	return true
}

// holds says whether the visit's session does, and takes whose it is by now.
func (v *Visit) holds() bool {
	session := v.visitor().Session
	if session == "" {
		return true
	}
	ctx, cancel := context.WithTimeout(v.ctx, nameLimit)
	defer cancel()
	for {
		told := v.toldWho()
		who, ok := v.g.cfg.Holds(ctx, session)
		if !ok || who.ID == "" || v.becomeIf(who, &told) {
			return ok
		}
	}
}

// acts is called before the visitor does what is recorded under their id: who
// came with the token alone is known from then on. It waits for the store once.
func (v *Visit) acts(ctx context.Context) *wire.Fault {
	who := v.visitor()
	if v.g.cfg.Acting == nil || who.Session != "" || who.User.ID == Tester.ID || v.acted.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, nameLimit)
	defer cancel()
	known, err := v.g.cfg.Acting(ctx, who.User.Name)
	switch {
	case err != nil:
		return v.g.cfg.Faults.Fault("keeping who acts", err)
	case known.ID != who.User.ID:
		const since = "somebody else took the name since hello"
		v.c.Close(hub.Draining, since, time.Second)
		return &wire.Fault{Code: wire.NameTaken, Message: since, Hint: "connect again"}
	}
	v.acted.Store(true)
	return nil
}

// Taken ends a person's connections at this relay that came with the token
// alone: somebody has signed in under that name.
func (g *Gateway) Taken(who api.User) {
	for _, v := range g.registry.user(who.ID) {
		v.taken()
	}
}

func (v *Visit) taken() {
	if who := v.visitor(); who.Session == "" {
		v.c.Close(hub.Revoked, who.User.Name+" has signed in: sign in yourself", 0)
	}
}

// Rename tells a person's connections at this relay what they are called now.
func (g *Gateway) Rename(who api.User) {
	for _, v := range g.registry.user(who.ID) {
		v.become(who)
	}
}

// Moved tells the connections of a session at this relay that it is somebody
// else's now: who had no name of their own chose one.
func (g *Gateway) Moved(session string, who api.User) {
	for _, v := range g.registry.all() {
		if v.visitor().Session == session {
			v.become(who)
		}
	}
}

// become makes the visitor who they are now, and tells them: what they say next
// is that person's, as is where they are seen.
func (v *Visit) become(who api.User) { v.becomeIf(who, nil) }

// becomeIf is become, but where the visit was told who it is since told: what was
// looked up before may be older. False: nothing was done.
func (v *Visit) becomeIf(who api.User, told *int) bool {
	before, isWelcome, done := v.g.registry.become(v, who, told)
	if before == who || !done {
		return done
	}
	if before.ID != who.ID {
		v.end(RoomUser + before.ID) // it is another person's
	}
	if !isWelcome {
		return true
	}
	for _, m := range v.g.modules.list {
		if m.Renamed != nil {
			m.Renamed(v)
		}
	}
	v.send(api.Frame{T: "you", User: &who})
	return true
}
