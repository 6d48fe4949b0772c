package gateway

import (
	"context"
	"time"

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
		if who, err = v.g.cfg.Named(ctx, name); err != nil {
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

func (v *Visit) holds(session string) bool {
	ctx, cancel := context.WithTimeout(v.ctx, nameLimit)
	defer cancel()
	return v.g.cfg.Holds(ctx, session)
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
		v.mu.Lock()
		v.who.User = who
		v.mu.Unlock()
	}
}
