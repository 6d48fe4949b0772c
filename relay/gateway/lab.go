package gateway

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Loading says that the relay has just begun, NoRun that a run is not there.
var (
	Loading = &wire.Fault{Code: wire.Unavailable, Message: "the relay is still reading what the benches told", Hint: "ask again in a second", Retry: true}
	NoRun   = &wire.Fault{Code: wire.NotFound, Message: "there is no such run", Hint: "GET /api/v1/runs lists them"}
)

// Run finds a run. A malformed id never reaches a subject.
func (g *Gateway) Run(ctx context.Context, id string) (api.Run, error) {
	if !wire.ValidID(id) {
		return api.Run{}, NoRun
	}
	return g.cfg.Runs.Get(ctx, id)
}

// List is the benches, with empty lists where there is nothing: never null.
func (g *Gateway) List() []api.Bench {
	list := g.cfg.Benches.List()
	if list == nil {
		list = []api.Bench{}
	}
	for i := range list {
		list[i] = whole(list[i])
	}
	return list
}

func whole(b api.Bench) api.Bench {
	if b.Devices == nil {
		b.Devices = []wire.Device{}
	}
	if b.Labels == nil {
		b.Labels = []string{}
	}
	return b
}
