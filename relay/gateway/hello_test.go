package gateway

import (
	"context"
	"testing"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// What is looked up of a session does not undo what its visit was told meanwhile.
func TestHolds_IsToldAnotherNameMeanwhile(t *testing.T) {
	before, after := api.User{ID: "p1", Name: "Ada"}, api.User{ID: "p1", Name: "Ada Lovelace"}
	known := before
	var v *Visit
	g := &Gateway{registry: newRegistry()}
	g.cfg.Holds = func(context.Context, string) (api.User, bool) {
		found := known
		if known != after {
			known = after
			v.become(after) // between the look-up and its answer
		}
		return found, true
	}
	v = &Visit{g: g, c: &hub.Conn{ID: "c1"}, ctx: t.Context(), who: Visitor{User: before, Session: "s1"}}
	if !v.holds() || v.User() != after {
		t.Errorf("it is %+v, and was told that it is %+v", v.User(), after)
	}
}
